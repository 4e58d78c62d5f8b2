using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.AdminApi.Repricing;

/// <summary>The sums of one run by tenant, provider and model.</summary>
internal sealed class RepriceTable
{
    private readonly SortedDictionary<(string Tenant, string Provider, string Model), RepriceSums> _rows = new(
        Comparer<(string Tenant, string Provider, string Model)>.Create(Compare));

    public RepriceSums Total { get; } = new();

    public IReadOnlyList<RepriceRowResponse> Rows =>
        [.. _rows.Select(row => row.Value.ToRow(row.Key.Tenant, row.Key.Provider, row.Key.Model))];

    public void Add(UsageRecord record, Core.Repricing.Repricing repricing)
    {
        var key = (record.Tenant, record.Provider, record.Model);
        if (!_rows.TryGetValue(key, out var sums))
        {
            _rows.Add(key, sums = new RepriceSums());
        }

        sums.Add(repricing);
        Total.Add(repricing);
    }

    private static int Compare((string Tenant, string Provider, string Model) left, (string Tenant, string Provider, string Model) right)
    {
        var tenant = string.CompareOrdinal(left.Tenant, right.Tenant);
        var provider = tenant != 0 ? tenant : string.CompareOrdinal(left.Provider, right.Provider);
        return provider != 0 ? provider : string.CompareOrdinal(left.Model, right.Model);
    }
}
