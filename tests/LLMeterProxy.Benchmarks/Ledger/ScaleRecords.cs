using System.Buffers.Binary;
using System.Globalization;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Benchmarks.Ledger;

/// <summary>
/// A month of calls of an agency: 100 tenants with two keys and four models each, spread over October 2026, in which the clocks of
/// Europe change. Record <c>i</c> is the same bytes whoever makes it.
/// </summary>
internal sealed class ScaleRecords(int count)
{
    public const int Tenants = 100;

    public const int Models = 4;

    public const int Nodes = 3;

    private const long QuarterMilliseconds = 15 * 60 * 1_000;

    public static readonly DateTimeOffset From = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset To = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] _models = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "gemini-2.5-pro"];

    public int Count => count;

    public static string Tenant(int number) => string.Create(CultureInfo.InvariantCulture, $"tenant-{number:D3}");

    public static string Model(int number) => _models[number];

    /// <summary>The tenant, model, quarter of an hour since the epoch, and cost in nano-USD of a record.</summary>
    public (int Tenant, int Model, long Quarter, long Cost) Place(int i)
    {
        var drawn = Mix(i);
        return ((int)(drawn % Tenants), (int)(drawn >> 8) & (Models - 1), InstantOf(i) / QuarterMilliseconds, 1_000 + (long)(drawn >> 16 & 0xFFFFF));
    }

    public (ReadOnlyMemory<byte> Payload, UsageRecord Record) Make(int i)
    {
        var (tenant, model, _, cost) = Place(i);
        var drawn = Mix(i);
        var record = new UsageRecord
        {
            AttemptId = IdOf(i),
            Tenant = Tenant(tenant),
            KeyId = string.Create(CultureInfo.InvariantCulture, $"key_{tenant:D3}_{drawn >> 40 & 1}"),
            Provider = "openai",
            Operation = "chat",
            ModelRequested = _models[model],
            Model = _models[model],
            Status = 200,
            Outcome = RequestOutcome.Completed,
            Source = UsageSource.Reported,
            Usage = new TokenUsage { InputTokens = 57, UncachedInputTokens = 57, OutputTokens = 200 },
            Cost = new NanoUsd(cost),
            Billed = new NanoUsd(cost),
            PriceVersion = "2026-10-01",
            Budgets = [new BudgetWindowKey(Tenant(tenant), "bud_month", "month:2026-10")],
            Timings = new RequestTimings(DateTimeOffset.FromUnixTimeMilliseconds(InstantOf(i)), 80, 900, 1_000),
            Incarnation = string.Create(CultureInfo.InvariantCulture, $"node-{i % Nodes}"),
            ChainSeq = i + 1,
            PrevHash = new string('a', 64),
        };
        return (UsageRecordCodec.Encode(record), record);
    }

    private long InstantOf(int i) =>
        From.ToUnixTimeMilliseconds() + (long)((To - From).TotalMilliseconds * ((double)i / count));

    private RequestId IdOf(int i)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, InstantOf(i) << 16);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], Mix(i));
        BinaryPrimitives.WriteInt32BigEndian(id[10..], i);
        id[6] = (byte)(0x70 | (id[8] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        id[15] = 1;
        return new RequestId(new Guid(id, bigEndian: true));
    }

    private static ulong Mix(int i)
    {
        var x = (ulong)i * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
