using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// What Admit grants. Only <see cref="AdmitStage"/> makes one, and <see cref="Forward.ForwardStage"/> takes nothing else,
/// so that no path leads to an upstream without admission (T28).
/// </summary>
public sealed class Admission
{
    internal Admission()
    {
    }

    /// <summary>True for free operations: no hold, no intent.</summary>
    public bool IsFree { get; internal init; }

    /// <summary>The reserved cost; 0 where free or unpriced.</summary>
    public NanoUsd Hold { get; internal init; }

    /// <summary>True where any budget of the call is strict.</summary>
    public bool Strict { get; internal init; }

    public IReadOnlyList<AppliedBudget> Budgets { get; internal init; } = [];

    /// <summary>The keys of <see cref="Budgets"/>, as intents and records carry them.</summary>
    public IReadOnlyList<BudgetWindowKey> BudgetKeys { get; internal init; } = [];

    /// <summary>True where nothing is held, because the budget store could not be asked and the tenant's policy is open.</summary>
    public bool IsOutage { get; internal init; }

    /// <summary>What the hold assumed, tokens.</summary>
    public long InputTokensBound { get; internal init; }

    /// <summary>The body that goes upstream: the client's own, or with the documented splices.</summary>
    public ReadOnlyMemory<byte> UpstreamBody { get; internal init; }

    /// <summary>The hold was released or settled: further attempts need a new one.</summary>
    internal bool HoldEnded { get; set; }
}
