using System.Data.Common;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>The figures of one group, summed in memory. Overflow throws: a wrong sum must not be stored.</summary>
internal sealed class UsageSums
{
    /// <summary>The columns of a rollup table in the order in which they are read and bound here.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "requests", "input", "uncached_input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "cost", "billed",
        "estimated", "unpriced",
    ];

    private readonly long[] _sums = new long[12];

    public long this[int column] => _sums[column];

    public NanoUsd Cost => new(_sums[8]);

    public void Add(UsageRecord record)
    {
        checked
        {
            var usage = record.Usage;
            _sums[1] += usage.InputTokens;
            _sums[2] += usage.UncachedInputTokens;
            _sums[3] += usage.CacheReadTokens;
            _sums[4] += usage.CacheWrite5mTokens;
            _sums[5] += usage.CacheWrite1hTokens;
            _sums[6] += usage.OutputTokens;
            _sums[7] += usage.ReasoningTokens;
            _sums[8] += record.Cost?.Value ?? 0;
            _sums[9] += record.Billed?.Value ?? 0;
            if (record.Channel != UsageChannel.Adjustment && record.Source != UsageSource.Free)
            {
                _sums[0]++;
                _sums[10] += record.Source is UsageSource.Estimated or UsageSource.Partial ? 1 : 0;
                _sums[11] += record.Cost is null ? 1 : 0;
            }
            else if (record.Flags.Contains(UsageFlags.PricedLater))
            {
                // The call that it corrects was counted as unpriced, and no longer is.
                _sums[11]--;
            }
        }
    }

    public void Add(UsageSums other)
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = checked(_sums[i] + other._sums[i]);
        }
    }

    /// <summary>Adds the sums of a row whose columns from <paramref name="first"/> on are <see cref="Columns"/>.</summary>
    public void Add(DbDataReader row, int first)
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = checked(_sums[i] + row.GetInt64(first + i));
        }
    }

    public UsageRow ToRow(IReadOnlyList<string> group) => new()
    {
        Group = group,
        Requests = _sums[0],
        InputTokens = _sums[1],
        UncachedInputTokens = _sums[2],
        CacheReadTokens = _sums[3],
        CacheWrite5mTokens = _sums[4],
        CacheWrite1hTokens = _sums[5],
        OutputTokens = _sums[6],
        ReasoningTokens = _sums[7],
        Cost = new NanoUsd(_sums[8]),
        Billed = new NanoUsd(_sums[9]),
        EstimatedRequests = _sums[10],
        UnpricedRequests = _sums[11],
    };
}
