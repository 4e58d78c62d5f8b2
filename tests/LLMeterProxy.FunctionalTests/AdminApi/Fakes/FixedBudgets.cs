using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.FunctionalTests.AdminApi.Fakes;

/// <summary>Balances that a test sets, in UTC months and days.</summary>
internal sealed class FixedBudgets : IBudgetStore, IBudgetWindows
{
    public Dictionary<string, BudgetBalance> ByBudgetId { get; } = new(StringComparer.Ordinal);

    public BudgetWindowKey? LastRead { get; private set; }

    public bool IsShared => false;

    public ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken) => new(Read(key));

    public BudgetBalance Read(BudgetWindowKey key)
    {
        LastRead = key;
        return ByBudgetId.GetValueOrDefault(key.BudgetId);
    }

    public WindowBounds Current(Tenant? tenant, Budget budget, DateTimeOffset now)
    {
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return budget.Window == BudgetWindow.Total
            ? new WindowBounds("total", DateTimeOffset.MinValue, DateTimeOffset.MaxValue)
            : new WindowBounds($"month:{month:O}", month, month.AddMonths(1));
    }

    public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Settle(Settlement settlement) => throw new NotSupportedException();

    public void Release(string tenant, RequestId reservationId) => throw new NotSupportedException();
}
