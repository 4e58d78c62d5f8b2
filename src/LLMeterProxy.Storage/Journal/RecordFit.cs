using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// Makes a record fit an entry of the journal. A call is never lost because a provider or a client sent too much: the figures
/// count more than where they come from (A30). What was left out is said by <see cref="UsageFlags.Degraded"/>.
/// </summary>
internal static class RecordFit
{
    private const int MaxText = 64;

    private const decimal Million = 1_000_000;

    /// <summary>The record's body with as much as fits. Valid until this thread's next call of a codec.</summary>
    /// <param name="most">Bytes. A few hundred beside ids, names and budgets, which come from the configuration, always suffice.</param>
    public static ReadOnlySpan<byte> WriteBody(UsageRecord record, int most)
    {
        var body = UsageRecordCodec.WriteBody(record);
        if (body.Length <= most)
        {
            return body;
        }

        record = WithoutRawUsage(record);
        body = UsageRecordCodec.WriteBody(record);
        if (body.Length <= most)
        {
            return body;
        }

        record = record with { Lines = OneLine(record) };
        body = UsageRecordCodec.WriteBody(record);
        return body.Length <= most ? body : UsageRecordCodec.WriteBody(FiguresAlone(record));
    }

    private static UsageRecord WithoutRawUsage(UsageRecord record) => record with
    {
        RawUsage = default,
        Flags = record.Flags.Contains(UsageFlags.Degraded) ? record.Flags : [.. record.Flags, UsageFlags.Degraded],
    };

    // The lines of a record sum to its cost, whatever is left of them.
    private static IReadOnlyList<CostLine> OneLine(UsageRecord record) =>
        record.Cost is { } cost && record.Lines.Count > 0 ? [new CostLine(UnitNames.Request, 1, cost.Value * Million, cost)] : [];

    private static UsageRecord FiguresAlone(UsageRecord record) => record with
    {
        ModelRequested = Cut(record.ModelRequested),
        ModelBilled = record.ModelBilled is { } billed ? Cut(billed) : null,
        Model = Cut(record.Model),
        ServiceTier = record.ServiceTier is { } tier ? Cut(tier) : null,
        Speed = record.Speed is { } speed ? Cut(speed) : null,
        InferenceGeo = record.InferenceGeo is { } geo ? Cut(geo) : null,
        Extra = [],
        ResponseId = record.ResponseId is { } response ? Cut(response) : null,
        EndUser = record.EndUser is { } user ? Cut(user) : null,
        Tags = [],
        Usage = record.Usage with { Units = [] },
    };

    private static string Cut(string text)
    {
        if (text.Length <= MaxText)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
    }
}
