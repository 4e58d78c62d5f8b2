namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// A budget in one of its windows: what a reservation is made against. Fixed at reservation; settlement and rebuild use
/// only what the intent and the record carry. One shared instance per budget and window, so that a request allocates none.
/// </summary>
/// <param name="Slot">Where the counter lives: the tenant id, or <see cref="GlobalSlot"/>.</param>
public sealed record AppliedBudget(string Slot, Budget Budget, WindowBounds Window)
{
    /// <summary>The slot of global budgets; no tenant id can be equal to it.</summary>
    public const string GlobalSlot = "{global}";

    public BudgetWindowKey Key { get; } = new(Slot, Budget.Id, Window.Id);
}
