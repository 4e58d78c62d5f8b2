using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.FunctionalTests.AdminApi.Fakes;

/// <summary>The small pieces that the host gives the admin API.</summary>
internal sealed class FakeHost : IKeyMint, IZoneCatalog, IReadiness, IPriceListing, IPriceBookSource, IProviderPricings
{
    private int _made;

    public Readiness Readiness { get; set; } = Readiness.Ok;

    public List<PricedModel> Priced { get; } = [];

    public PriceBook Current { get; set; } = new() { Version = "2026-11-24.1" };

    public (string Secret, KeyHash Hash, string Prefix) Mint()
    {
        var secret = $"lmp_{Interlocked.Increment(ref _made):D22}abcdef";
        return (secret, HashOf(secret), secret[..12]);
    }

    public static KeyHash HashOf(string secret) => KeyHash.Of("0123456789abcdef0123456789abcdef"u8, secret);

    public string NewKeyId() => $"key_{Interlocked.Increment(ref _made):D32}";

    public string NewBudgetId() => $"bud_{Interlocked.Increment(ref _made):D32}";

    public bool IsValid(string id) => id is "UTC" or "Europe/Berlin" or "Asia/Kolkata" or "America/New_York" or "Pacific/Apia";

    public IReadOnlyList<TimeZoneChange> Change(Tenant tenant, string newZone, DateTimeOffset now) =>
        [new(tenant.TimeZone, DateTimeOffset.MinValue), new(newZone, new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1))];

    public ValueTask<Readiness> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Readiness);

    public IEnumerable<PricedModel> Models(PriceBook book) => Priced;

    public IProviderPricing? Find(string provider) => new PriceListPricing(provider, PreferProviderCost: false);
}
