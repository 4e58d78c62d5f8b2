using LLMeterProxy.Simulator.Billing;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>Everything that the judgement of a run needs, read when nothing was under way any more.</summary>
internal sealed record Books
{
    public required IReadOnlyCollection<ObservedCall> Calls { get; init; }

    public required IReadOnlyList<Kill> Kills { get; init; }

    /// <summary>The provider's.</summary>
    public required IReadOnlyList<BillEntry> Bills { get; init; }

    public required LedgerBooks Ledger { get; init; }

    public required CapWatch Caps { get; init; }

    /// <summary>The live counters when all was settled.</summary>
    public required LiveFigures AtRest { get; init; }

    /// <summary>The live counters after they were made again from the ledger.</summary>
    public required LiveFigures Rebuilt { get; init; }

    /// <summary>How far the clocks of the nodes and of the clients may differ. Records keep milliseconds.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>What every run of every node wrote.</summary>
    public required string ProductLog { get; init; }
}
