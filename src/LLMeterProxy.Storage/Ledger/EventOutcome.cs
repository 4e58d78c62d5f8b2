namespace LLMeterProxy.Storage.Ledger;

/// <summary>What became of a reported event.</summary>
public enum EventOutcome
{
    /// <summary>New: it is in the ledger now, and counts.</summary>
    Counted,

    /// <summary>Reported before with the same content: it counts once.</summary>
    Known,

    /// <summary>Its id was reported before with another content: not taken.</summary>
    Contradicted,
}
