using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary>The windows that the enforcement uses.</summary>
internal sealed class BudgetWindows(HostSettings settings) : IBudgetWindows
{
    private readonly IReadOnlyList<TimeZoneChange> _global = TimeZoneSchedule.Always(settings.TimeZone);

    public WindowBounds Current(Tenant? tenant, Budget budget, DateTimeOffset now) =>
        WindowSchedule.At(now, budget.Window, budget.Anchor, tenant is null ? _global : TimeZoneSchedule.VersionsOf(tenant));
}
