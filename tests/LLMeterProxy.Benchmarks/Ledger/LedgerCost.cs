using System.Globalization;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.TestKit.Postgres;

namespace LLMeterProxy.Benchmarks.Ledger;

/// <summary>CPU time a record of the parts of the ledger's way: encode, decode, each engine. One thread, batches as the shipper makes them.</summary>
internal static class LedgerCost
{
    private const int Batch = 1_000;
    private const int Rounds = 5;

    public static Task<int> RunAsync(int count)
    {
        Console.WriteLine("| engine | round | encode | decode | append | records/s |");
        Console.WriteLine("|---|---|---|---|---|---|");
        using (var file = BenchLedger.InFile())
        {
            Run(file, count);
        }

        if (PostgresServer.IsInstalled)
        {
            using var server = BenchLedger.InPostgres();
            Run(server, count);
        }

        Console.WriteLine("(µs CPU of this process a record; PostgreSQL's own comes on top; both engines sync their commits)");
        return Task.FromResult(0);
    }

    private static void Run(BenchLedger bench, int count)
    {
        var ids = new RequestIdGenerator(TimeProvider.System);
        var position = 1;
        for (var round = 0; round < Rounds; round++)
        {
            var records = Enumerable.Range(1, count).Select(i => Record(ids.Next(), (round * count) + i)).ToList();
            var payloads = new List<byte[]>(count);
            var encode = Cpu(() => records.ForEach(r => payloads.Add(UsageRecordCodec.Encode(r))));
            var decode = Cpu(() => payloads.ForEach(p => UsageRecordCodec.Decode(p)));
            var started = TimeProvider.System.GetTimestamp();
            var store = Cpu(() =>
            {
                for (var from = 0; from < count; from += Batch)
                {
                    var batch = new List<(ReadOnlyMemory<byte>, UsageRecord)>(Batch);
                    for (var i = from; i < Math.Min(count, from + Batch); i++)
                    {
                        batch.Add((payloads[i], records[i]));
                    }

                    bench.Ledger.Append("bench", batch, new JournalPosition(1, position++));
                }
            });
            var rate = count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {bench.Name} | {round + 1} | {encode / count:F2} | {decode / count:F2} | {store / count:F2} | {rate:F0} |"));
        }
    }

    private static double Cpu(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds;
    }

    private static UsageRecord Record(RequestId parent, long sequence) => new()
    {
        AttemptId = parent.Attempt(1),
        Tenant = "bench",
        KeyId = "key_0123456789abcdef0123456789abcdef",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = Workload.Model,
        ModelBilled = Workload.Model,
        Model = Workload.Model,
        Status = 200,
        Outcome = RequestOutcome.Completed,
        Source = UsageSource.Reported,
        Usage = new TokenUsage { InputTokens = 57, UncachedInputTokens = 57, OutputTokens = 200 },
        Lines =
        [
            new CostLine(UnitNames.InputToken, 57, 2_500_000_000m, new NanoUsd(142_500)),
            new CostLine(UnitNames.OutputToken, 200, 10_000_000_000m, new NanoUsd(2_000_000)),
        ],
        Cost = new NanoUsd(Workload.CostNanoUsd),
        Billed = new NanoUsd(Workload.CostNanoUsd),
        PriceVersion = "2026-01-01",
        Hold = new NanoUsd(5_000_000),
        Budgets = [new BudgetWindowKey("bench", "bud_0123456789abcdef0123456789abcdef", "m:2026-11")],
        ServiceTier = "default",
        ResponseId = "chatcmpl-0123456789abcdefghijklmnopqrs",
        Timings = new RequestTimings(parent.OccurredAt, 80, 900, 1_000),
        RawUsage = "{\"prompt_tokens\":57,\"completion_tokens\":200,\"total_tokens\":257,\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}}"u8.ToArray(),
        Incarnation = "0123456789abcdef0123456789abcdef",
        ChainSeq = sequence,
        PrevHash = new string('a', 64),
    };
}
