using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary>Mints keys under this node's pepper.</summary>
internal sealed class KeyMint(SecretsInUse secrets, EntityIds ids) : IKeyMint
{
    public (string Secret, KeyHash Hash, string Prefix) Mint()
    {
        var secret = VirtualKeyFormat.Mint();
        return (secret, secrets.Hash(secret), VirtualKeyFormat.DisplayPrefix(secret));
    }

    public string NewKeyId() => ids.NextKey();

    public string NewBudgetId() => ids.NextBudget();
}

/// <summary>The zones that windows are drawn in.</summary>
internal sealed class ZoneCatalog : IZoneCatalog
{
    public bool IsValid(string id) => TimeZoneSchedule.IsValidZone(id);

    public IReadOnlyList<TimeZoneChange> Change(Tenant tenant, string newZone, DateTimeOffset now) => TimeZoneSchedule.Change(tenant, newZone, now);
}

/// <summary>The windows that the enforcement uses.</summary>
internal sealed class BudgetWindows(HostSettings settings) : IBudgetWindows
{
    private readonly IReadOnlyList<TimeZoneChange> _global = TimeZoneSchedule.Always(settings.TimeZone);

    public WindowBounds Current(Tenant? tenant, Budget budget, DateTimeOffset now) =>
        WindowSchedule.At(now, budget.Window, budget.Anchor, tenant is null ? _global : TimeZoneSchedule.VersionsOf(tenant));
}

/// <summary>Lists a price book.</summary>
internal sealed class PriceListing : IPriceListing
{
    public IEnumerable<PricedModel> Models(PriceBook book) => book.Lists.SelectMany(l => l.Models);
}
