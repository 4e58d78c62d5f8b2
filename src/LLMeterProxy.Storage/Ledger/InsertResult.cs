namespace LLMeterProxy.Storage.Ledger;

/// <summary>What became of the records of one batch.</summary>
/// <param name="Inserted">New rows: originals, and the corrections that came in as records.</param>
/// <param name="Ignored">Already there with the same content: a replay.</param>
/// <param name="Corrected">The stored row was an orphan's estimate; the difference was inserted as a correction.</param>
/// <param name="Conflicts">Another content under a stored id: kept apart and not counted, logged, to be looked at by a person.</param>
public readonly record struct InsertResult(int Inserted, int Ignored, int Corrected, int Conflicts);
