using System.Data.Common;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>Takes the ids of reported events, each once for ever. The tenants' streams must be locked.</summary>
internal static class EventClaims
{
    /// <summary>Claims an id inside the transaction that counts its event.</summary>
    /// <param name="now">Unix milliseconds, UTC.</param>
    public static EventOutcome Claim(DbConnection connection, ReportedEvent reported, long now)
    {
        var (tenant, hash) = (reported.Record.Tenant, reported.ContentHash.ToArray());
        var isNew = connection.Execute(
            "INSERT INTO event_claims (tenant, event_id, content_hash, at) VALUES (@tenant, @id, @hash, @at) ON CONFLICT DO NOTHING",
            ("@tenant", tenant), ("@id", reported.EventId), ("@hash", hash), ("@at", now)) > 0;
        if (isNew)
        {
            return EventOutcome.Counted;
        }

        var stored = (byte[])connection.Scalar(
            "SELECT content_hash FROM event_claims WHERE tenant = @tenant AND event_id = @id", ("@tenant", tenant), ("@id", reported.EventId))!;
        return stored.AsSpan().SequenceEqual(hash) ? EventOutcome.Known : EventOutcome.Contradicted;
    }
}
