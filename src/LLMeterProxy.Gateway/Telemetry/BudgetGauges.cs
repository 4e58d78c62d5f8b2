using System.Diagnostics.Metrics;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Gateway.Telemetry;

/// <summary>
/// Limit, spend, holds and reset of every budget, from the enforcement itself and for every tenant from the start, traffic
/// or not (A86, A87). Global budgets have the tenant label <c>_global</c>, which no tenant id can be.
/// </summary>
public sealed class BudgetGauges
{
    private const string GlobalTenant = "_global";

    private readonly ITenancySnapshotSource _tenancy;
    private readonly IBudgetStore _budgets;
    private readonly IReadOnlyList<TimeZoneChange> _globalZones;
    private readonly TimeProvider _time;

    /// <param name="globalTimeZone">IANA id.</param>
    public BudgetGauges(GatewayMetrics metrics, ITenancySnapshotSource tenancy, IBudgetStore budgets, GlobalTimeZone globalTimeZone, TimeProvider time)
    {
        _tenancy = tenancy;
        _budgets = budgets;
        _globalZones = TimeZoneSchedule.Always(globalTimeZone.Id);
        _time = time;
        var meter = metrics.Meter;
        meter.CreateObservableGauge("llmeter_budget_limit_usd", () => Observe(static (a, _) => Usd(a.Budget.Limit)), description: "The limit of the budget, in USD.");
        meter.CreateObservableGauge("llmeter_budget_spent_usd", () => Observe(static (_, b) => Usd(b.Spent)), description: "Spent in the current window, in USD.");
        meter.CreateObservableGauge("llmeter_budget_held_usd", () => Observe(static (_, b) => Usd(b.Held)), description: "Held for calls in flight, in USD.");
        meter.CreateObservableGauge("llmeter_budget_reset_timestamp", Resets, "s", "When the current window ends, Unix time.");
    }

    private static double Usd(NanoUsd amount) => amount.Value / (double)NanoUsd.PerUsd;

    private IEnumerable<Measurement<double>> Observe(Func<AppliedBudget, BudgetBalance, double> value)
    {
        foreach (var (tenant, applied) in Current())
        {
            yield return new Measurement<double>(value(applied, _budgets.Read(applied.Key)), Labels(tenant, applied.Budget));
        }
    }

    private IEnumerable<Measurement<double>> Resets()
    {
        foreach (var (tenant, applied) in Current())
        {
            if (applied.Window.End != DateTimeOffset.MaxValue)
            {
                yield return new Measurement<double>(applied.Window.End.ToUnixTimeSeconds(), Labels(tenant, applied.Budget));
            }
        }
    }

    private IEnumerable<(string Tenant, AppliedBudget Applied)> Current()
    {
        var snapshot = _tenancy.Current;
        var now = _time.GetUtcNow();
        foreach (var budget in snapshot.GlobalBudgets)
        {
            yield return (GlobalTenant, new AppliedBudget(AppliedBudget.GlobalSlot, budget, WindowSchedule.At(now, budget.Window, budget.Anchor, _globalZones)));
        }

        foreach (var tenant in snapshot.Tenants)
        {
            foreach (var budget in snapshot.BudgetsOf(tenant.Id))
            {
                yield return (tenant.Id, new AppliedBudget(tenant.Id, budget, WindowSchedule.At(now, budget.Window, budget.Anchor, TimeZoneSchedule.VersionsOf(tenant))));
            }
        }
    }

    private static KeyValuePair<string, object?>[] Labels(string tenant, Budget budget) =>
        [new("tenant", tenant), new("budget", budget.Name), new("window", budget.Window.ToString().ToLowerInvariant())];
}
