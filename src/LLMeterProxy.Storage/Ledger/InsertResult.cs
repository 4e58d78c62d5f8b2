namespace LLMeterProxy.Storage.Ledger;

/// <summary>What became of the records of one batch.</summary>
/// <param name="Inserted">New rows: originals, and the corrections that came in as records.</param>
/// <param name="Ignored">Already there with the same content: a replay.</param>
/// <param name="Corrected">The stored row was an orphan's estimate; the difference was inserted as a correction.</param>
/// <param name="Displaced">An orphan's estimate that came after the call's record, or after another estimate: kept apart and not counted.</param>
/// <param name="Conflicts">Another content under a stored id: kept apart and not counted, logged, to be looked at by a person.</param>
public sealed record InsertResult(int Inserted = 0, int Ignored = 0, int Corrected = 0, int Displaced = 0, int Conflicts = 0)
{
    /// <summary>
    /// The ledger's own streams that got settlements, so that their sender need not wait for its next look. Only a hint: after a
    /// commit of unknown end the rows are there and nobody was told.
    /// </summary>
    public IReadOnlySet<string> Streams { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
