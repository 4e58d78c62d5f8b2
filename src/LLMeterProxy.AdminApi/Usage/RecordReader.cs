using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.AdminApi.Usage;

/// <summary>Reads records and puts each together with the other attempts of its call.</summary>
internal sealed class RecordReader(IUsageLedger ledger)
{
    public async Task<PageResponse<RecordResponse>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var page = await ledger.ReadRecordsAsync(query, cancellationToken);
        var calls = page.Rows.GroupBy(r => r.AttemptId.Parent).ToDictionary(g => g.Key, g => (IReadOnlyList<UsageRecord>)[.. g.OrderBy(r => r.AttemptId)]);

        // A page shows a call's attempts side by side, so only a call that touches an edge of the page,
        // or that has gaps in it, can have more attempts than the page shows.
        foreach (var (id, seen) in calls.ToList())
        {
            var touchesEdge = page.Rows[0].AttemptId.Parent == id || page.Rows[^1].AttemptId.Parent == id;
            var isRetried = seen[^1].AttemptId.AttemptNumber > 1;
            if (isRetried && (touchesEdge || seen.Count != seen[^1].AttemptId.AttemptNumber))
            {
                calls[id] = await ledger.FindAsync(id, cancellationToken);
            }
        }

        return new PageResponse<RecordResponse>([.. page.Rows.Select(r => RecordResponse.Of(r, calls[r.AttemptId.Parent]))], page.Next);
    }

    /// <param name="text">The id of a call or of any of its attempts.</param>
    /// <returns>Null where the ledger has no such call.</returns>
    public async Task<RecordResponse?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (!RequestId.TryParse(text, out var id))
        {
            return null;
        }

        var call = await ledger.FindAsync(id.Parent, cancellationToken);
        if (call.Count == 0)
        {
            // A client asks with the id that it has just received: the record may still be on its way from the journal.
            await ledger.FlushAsync(cancellationToken);
            call = await ledger.FindAsync(id.Parent, cancellationToken);
        }

        // A correction is a call of its own with no attempt beside it.
        return call.Count == 0 ? null : RecordResponse.Of(call.LastOrDefault(RecordResponse.IsAttempt) ?? call[^1], call);
    }
}
