namespace LLMeterProxy.Benchmarks.Servers;

/// <summary>How a measured node is set up.</summary>
/// <param name="HasCap">A hard cap applies to every call.</param>
/// <param name="Redis">Where the caps are; null in process.</param>
/// <param name="Postgres">Where the ledger is; null for SQLite in the data directory.</param>
internal sealed record NodeSetUp(string Name, string Durability = "ProcessCrash", bool HasCap = true, string? Redis = null, string? Postgres = null)
{
    /// <summary>What the node is started with beside what every node has.</summary>
    public IEnumerable<string> Arguments
    {
        get
        {
            yield return $"--LLMeter:Durability={Durability}";
            if (Redis is not null)
            {
                yield return $"--LLMeter:Redis:Configuration={Redis}";
            }

            if (Postgres is not null)
            {
                yield return $"--LLMeter:Postgres:ConnectionString={Postgres}";
            }
        }
    }
}
