using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Gateway.Record;

/// <summary>
/// The counts of one (tenant, provider, model, operation): a row of int64s, each added to with one interlocked instruction.
/// Money is counted in nano-USD, so that a metric is the ledger's sum and not a rounded one.
/// </summary>
public sealed class MeteringCell(string tenant, string provider, string model, string operation)
{
    private readonly long[] _requests = new long[Enum.GetValues<RequestOutcome>().Length];
    private long _input;
    private long _cacheRead;
    private long _cacheWrite;
    private long _output;
    private long _reasoning;
    private long _cost;
    private long _billed;
    private long _unpriced;
    private long _estimated;

    public string Tenant { get; } = tenant;

    public string Provider { get; } = provider;

    public string Model { get; } = model;

    public string Operation { get; } = operation;

    public long InputTokens => Volatile.Read(ref _input);

    public long CacheReadTokens => Volatile.Read(ref _cacheRead);

    public long CacheWriteTokens => Volatile.Read(ref _cacheWrite);

    public long OutputTokens => Volatile.Read(ref _output);

    public long ReasoningTokens => Volatile.Read(ref _reasoning);

    /// <summary>Nano-USD.</summary>
    public long Cost => Volatile.Read(ref _cost);

    /// <summary>Nano-USD.</summary>
    public long Billed => Volatile.Read(ref _billed);

    public long Unpriced => Volatile.Read(ref _unpriced);

    public long Estimated => Volatile.Read(ref _estimated);

    public long Requests(RequestOutcome outcome) => Volatile.Read(ref _requests[(int)outcome]);

    public void Count(UsageRecord record)
    {
        Interlocked.Increment(ref _requests[(int)record.Outcome]);
        Add(ref _input, record.Usage.InputTokens);
        Add(ref _cacheRead, record.Usage.CacheReadTokens);
        Add(ref _cacheWrite, record.Usage.CacheWrite5mTokens + record.Usage.CacheWrite1hTokens);
        Add(ref _output, record.Usage.OutputTokens);
        Add(ref _reasoning, record.Usage.ReasoningTokens);
        Add(ref _cost, record.Cost?.Value ?? 0);
        Add(ref _billed, record.Billed?.Value ?? 0);
        if (record.Cost is null)
        {
            Interlocked.Increment(ref _unpriced);
        }

        if (record.Source is UsageSource.Estimated or UsageSource.Partial)
        {
            Interlocked.Increment(ref _estimated);
        }
    }

    private static void Add(ref long counter, long amount)
    {
        if (amount != 0)
        {
            Interlocked.Add(ref counter, amount);
        }
    }
}
