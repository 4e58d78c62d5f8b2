namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>How far the counters of an epoch are.</summary>
public enum EpochPhase
{
    /// <summary>One node sets the counters from the ledger.</summary>
    Building,

    /// <summary>The counters are set; the nodes bring what they had under way. Calls without a hard cap are admitted.</summary>
    Built,

    /// <summary>Every live node has brought what it had: hard caps are enforced as ever.</summary>
    Open,
}
