using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Repricing;

/// <summary>
/// Prices an attempt by a later book. The difference is a record of its own that names the one it corrects: rows are never
/// edited (A59). Pure: the same attempt and book give the same adjustment under the same id, and one that is applied already
/// leaves no difference, so that repeating changes nothing.
/// </summary>
public static class PriceAdjustment
{
    /// <summary>The <see cref="UsageRecord.Reason"/> of an adjustment.</summary>
    public const string Reason = "reprice";

    private const int AttemptNumberByte = 15;

    /// <summary>False for corrections and for what nobody is charged for.</summary>
    public static bool Concerns(UsageRecord record) =>
        record.Corrects is null && record.Source is not (UsageSource.Free or UsageSource.Unbilled);

    /// <param name="record">One that this <see cref="Concerns"/>.</param>
    /// <param name="provider">The record's provider.</param>
    public static Repricing Of(CorrectedRecord record, PriceBook book, IProviderPricing provider)
    {
        var before = record.Cost;
        if (!CanBePriced(record.Facts) || Price(record.Facts, book, provider) is not { } cost || (cost.Total is null && before is not null))
        {
            return new Repricing(before, before, null, IsKept: true);
        }

        // An unknown cost that becomes 0 is a change: from then on the call is free and no longer unpriced.
        return cost.Total == before
            ? new Repricing(before, before, null, IsKept: false)
            : new Repricing(before, cost.Total, Adjust(record, cost, book.Version), IsKept: false);
    }

    /// <summary>A call that was charged its hold, and a record that lost figures, do not say what another book would make of them.</summary>
    private static bool CanBePriced(UsageRecord facts)
    {
        var isDegraded = facts.Flags.Contains(UsageFlags.Degraded);
        var isAtHold = facts.Reason is "crash" or "orphaned" && facts.Lines is [var only] && only == HoldCharge.Line(facts.Hold);
        var lacksExtra = facts.Extra.Count == 0 && facts.Lines.Any(line => line.Model is not null);
        return !isDegraded && !isAtHold && !lacksExtra;
    }

    private static Cost? Price(UsageRecord facts, PriceBook book, IProviderPricing provider)
    {
        try
        {
            return RecordPrice.Of(facts, book, provider);
        }
        catch (OverflowException)
        {
            // Token counts that no provider can mean: what was charged for them stays.
            return null;
        }
    }

    private static UsageRecord Adjust(CorrectedRecord record, Cost cost, string version)
    {
        var original = record.Original;
        List<string> flags = [.. cost.Flags];
        if (record.Cost is null)
        {
            flags.Add(UsageFlags.PricedLater);
        }

        return new UsageRecord
        {
            AttemptId = IdOf(original.AttemptId, record.Repricings, version),
            Tenant = original.Tenant,
            KeyId = original.KeyId,
            Provider = original.Provider,
            Operation = original.Operation,
            Channel = UsageChannel.Adjustment,
            ModelRequested = original.ModelRequested,
            ModelBilled = original.ModelBilled,
            Model = original.Model,
            Stream = original.Stream,
            Status = original.Status,
            Outcome = original.Outcome,
            Source = original.Source,
            Reason = Reason,
            Lines = Difference(cost.Lines, record.Lines),
            Cost = cost.Total!.Value - (record.Cost ?? NanoUsd.Zero),

            // What a tenant is charged is the cost, as in the records of calls.
            Billed = cost.Total.Value - (record.Billed ?? NanoUsd.Zero),
            PriceVersion = version,
            PreviousPriceVersion = record.PriceVersion,
            Budgets = original.Budgets,
            EndUser = original.EndUser,
            Tags = original.Tags,
            Flags = flags,
            Timings = original.Timings,
            Corrects = original.AttemptId,
        };
    }

    /// <summary>New lines less old ones; a line that is in both is in neither. They sum to the difference of the costs.</summary>
    private static List<CostLine> Difference(IEnumerable<CostLine> now, IEnumerable<CostLine> before) =>
    [
        .. now.Concat(before.Select(line => line with { Quantity = -line.Quantity, Cost = NanoUsd.Zero - line.Cost }))
            .GroupBy(line => (line.Unit, line.PriceNanoUsdPerMillion, line.Model))
            .Select(group => new CostLine(
                group.Key.Unit,
                group.Sum(line => line.Quantity),
                group.Key.PriceNanoUsdPerMillion,
                new NanoUsd(group.Sum(line => line.Cost.Value)),
                group.Key.Model))
            .Where(line => line.Quantity != 0 || line.Cost != NanoUsd.Zero),
    ];

    /// <param name="repricings">How many there are before it.</param>
    /// <returns>The original's instant, so that both are in one rollup bucket and one statement, and bits that follow from what is corrected by what.</returns>
    internal static RequestId IdOf(RequestId original, int repricings, string version)
    {
        Span<byte> instant = stackalloc byte[16];
        original.Value.TryWriteBytes(instant, bigEndian: true, out _);
        byte[] text = [.. instant, .. new byte[4], .. Encoding.UTF8.GetBytes(Reason + version)];
        BinaryPrimitives.WriteInt32BigEndian(text.AsSpan(16), repricings);
        var id = SHA256.HashData(text);
        instant[..6].CopyTo(id);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        id[AttemptNumberByte] = 0;
        return new RequestId(new Guid(id.AsSpan(0, 16), bigEndian: true));
    }
}
