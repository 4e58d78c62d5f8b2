using System.Globalization;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a Redis must be for caps to be kept on it. Looked at at the start and whenever a connection is verified.</summary>
public static class RedisRequirements
{
    /// <summary>Names the ledger that the counters of a Redis are of.</summary>
    public const string LedgerKey = "llmeter:ledger";

    private const int OldestMajor = 7;
    private const string NoEviction = "noeviction";

    /// <param name="ledgerId">This node's ledger. Where Redis names none yet, it names this one from now on.</param>
    /// <returns>What is wrong, and what to do; null where caps may be kept there.</returns>
    /// <exception cref="RedisException">Redis does not answer.</exception>
    /// <exception cref="TimeoutException">As above.</exception>
    public static async Task<string?> FindProblemAsync(IConnectionMultiplexer redis, string ledgerId)
    {
        var primaries = redis.GetServers().Where(s => s is { IsConnected: true, IsReplica: false, ServerType: not ServerType.Sentinel }).ToList();
        if (primaries.Count == 0)
        {
            throw new RedisException("No primary is connected.");
        }

        foreach (var primary in primaries)
        {
            if (await FindProblemAsync(primary) is { } problem)
            {
                return problem;
            }
        }

        return await ClaimAsync(redis.GetDatabase(), ledgerId);
    }

    private static async Task<string?> FindProblemAsync(IServer server)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in await server.InfoAsync("server").ConfigureAwait(false))
        {
            Take(section);
        }

        foreach (var section in await server.InfoAsync("memory").ConfigureAwait(false))
        {
            Take(section);
        }

        var version = facts.GetValueOrDefault("redis_version", "");
        if (!int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major < OldestMajor)
        {
            return $"LLMeter:Redis:Configuration: {server.EndPoint} is Redis '{version}', and caps need {OldestMajor} or newer. Upgrade it.";
        }

        // INFO tells it too, and unlike CONFIG is allowed everywhere.
        var policy = facts.GetValueOrDefault("maxmemory_policy", NoEviction);
        return policy == NoEviction
            ? null
            : $"LLMeter:Redis:Configuration: {server.EndPoint} has maxmemory-policy {policy} and would throw spend away when memory runs short. Set maxmemory-policy {NoEviction}.";

        void Take(IEnumerable<KeyValuePair<string, string>> section)
        {
            foreach (var (name, value) in section)
            {
                facts[name] = value;
            }
        }
    }

    private static async Task<string?> ClaimAsync(IDatabase database, string ledgerId)
    {
        await database.StringSetAsync(LedgerKey, ledgerId, when: When.NotExists);
        var owner = (string?)await database.StringGetAsync(LedgerKey);
        return owner is null || string.Equals(owner, ledgerId)
            ? null
            : $"LLMeter:Redis:Configuration: this Redis keeps the counters of ledger {owner}, and this node's ledger is {ledgerId}. "
                + "Nodes that share a Redis must share a ledger: set the same LLMeter:Postgres:ConnectionString on all of them, or give this node a Redis of its own. "
                + $"If that ledger is gone for good, delete the key {LedgerKey}.";
    }
}
