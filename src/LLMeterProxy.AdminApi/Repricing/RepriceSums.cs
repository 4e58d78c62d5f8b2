using LLMeterProxy.Core.Money;

namespace LLMeterProxy.AdminApi.Repricing;

/// <summary>Adds up what a price book makes of records.</summary>
internal sealed class RepriceSums
{
    private long _records;
    private long _changed;
    private long _kept;
    private long _unpricedBefore;
    private long _unpricedAfter;
    private NanoUsd _before;
    private NanoUsd _after;

    public long Changed => _changed;

    public void Add(Core.Repricing.Repricing repricing)
    {
        _records++;
        _changed += repricing.Adjustment is null ? 0 : 1;
        _kept += repricing.IsKept ? 1 : 0;
        _unpricedBefore += repricing.Before is null ? 1 : 0;
        _unpricedAfter += repricing.After is null ? 1 : 0;
        _before += repricing.Before ?? NanoUsd.Zero;
        _after += repricing.After ?? NanoUsd.Zero;
    }

    public RepriceRowResponse ToRow(string? tenant = null, string? provider = null, string? model = null) => new()
    {
        Tenant = tenant,
        Provider = provider,
        Model = model,
        Records = _records,
        Changed = _changed,
        Kept = _kept,
        OldCostUsd = _before.ToUsdString(),
        NewCostUsd = _after.ToUsdString(),
        DifferenceUsd = (_after - _before).ToUsdString(),
        OldCostNanoUsd = _before.Value,
        NewCostNanoUsd = _after.Value,
        DifferenceNanoUsd = (_after - _before).Value,
        UnpricedBefore = _unpricedBefore,
        UnpricedAfter = _unpricedAfter,
    };
}
