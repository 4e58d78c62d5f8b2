using System.Runtime.InteropServices;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// What one batch adds to the rollups, tag rollups, budgets and chain heads, summed first so that the file sees one upsert a
/// key and not one a record. Reused from batch to batch; not thread-safe.
/// </summary>
internal sealed class BatchSums
{
    public Dictionary<RollupKey, UsageSums> Rollups { get; } = [];

    /// <summary>The same sums in longer spans.</summary>
    public Dictionary<CoarseKey, UsageSums> Coarse { get; } = [];

    public Dictionary<TagKey, UsageSums> Tags { get; } = [];

    /// <summary>Nano-USD by counter.</summary>
    public Dictionary<BudgetWindowKey, long> Budgets { get; } = [];

    /// <summary>The last record of each chain: its sequence and its payload.</summary>
    public Dictionary<(string Tenant, string Incarnation), (long Seq, ReadOnlyMemory<byte> Payload)> Heads { get; } = [];

    public void Clear()
    {
        Rollups.Clear();
        Coarse.Clear();
        Tags.Clear();
        Budgets.Clear();
        Heads.Clear();
    }

    /// <summary>Counts a record whose row was inserted.</summary>
    public void Add(UsageRecord record, ReadOnlyMemory<byte> payload, TagValues tagValues)
    {
        var bucket = RollupBucket.Of(record.AttemptId.OccurredAt);
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(Rollups, RollupKey.Of(record, bucket), out _);
        (sums ??= new UsageSums()).Add(record);
        if (record.Tags.Count > 0)
        {
            AddTags(record, bucket, tagValues);
        }

        if (record.Cost is { } cost)
        {
            for (var i = 0; i < record.Budgets.Count; i++)
            {
                ref var spent = ref CollectionsMarshal.GetValueRefOrAddDefault(Budgets, record.Budgets[i], out _);
                spent = checked(spent + cost.Value);
            }
        }

        AddHead(record, payload);
    }

    /// <summary>Takes a stored payload as the head of its chain where none after it is known.</summary>
    public void AddHead(UsageRecord record, ReadOnlyMemory<byte> payload)
    {
        if (record.ChainSeq > 0)
        {
            ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(Heads, (record.Tenant, record.Incarnation), out _);
            if (record.ChainSeq > head.Seq)
            {
                head = (record.ChainSeq, payload);
            }
        }
    }

    /// <summary>Sums up <see cref="Coarse"/> from the rollups, once all records of the batch are in them.</summary>
    public void Coarsen()
    {
        Coarse.Clear();
        foreach (var (key, sums) in Rollups)
        {
            AddCoarse(key, sums, CoarseKey.Hour);
            AddCoarse(key, sums, CoarseKey.SixHours);
        }
    }

    private void AddCoarse(in RollupKey key, UsageSums sums, long quarters)
    {
        ref var coarse = ref CollectionsMarshal.GetValueRefOrAddDefault(Coarse, CoarseKey.Of(key, quarters), out _);
        (coarse ??= new UsageSums()).Add(sums);
    }

    private void AddTags(UsageRecord record, long bucket, TagValues tagValues)
    {
        // Two tags of one call that both fall to _other are one call there.
        var counted = new HashSet<(string Name, string Value)>();
        for (var i = 0; i < record.Tags.Count; i++)
        {
            var place = tagValues.Place(record.Tenant, StoredText.Key(record.Tags[i].Key), StoredText.Key(record.Tags[i].Value));
            if (counted.Add(place))
            {
                ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    Tags, new TagKey(record.Tenant, bucket, place.Name, place.Value), out _);
                (sums ??= new UsageSums()).Add(record);
            }
        }
    }
}
