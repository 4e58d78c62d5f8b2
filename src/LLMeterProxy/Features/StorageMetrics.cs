using System.Diagnostics.Metrics;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>The instruments of journal and ledger.</summary>
internal sealed class StorageMetrics : IDisposable
{
    public const string MeterName = "LLMeterProxy.Storage";

    private readonly Meter _meter;

    public StorageMetrics(IMeterFactory meters, MappedJournal journal, LedgerShipper shipper, TenancyStore tenancy)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableGauge("llmeter_journal_open_intents", () => journal.OpenIntents, description: "Attempts under way.");
        _meter.CreateObservableGauge("llmeter_journal_segments", () => journal.SegmentCount, description: "Journal segments on disk.");
        _meter.CreateObservableGauge("llmeter_journal_depth", () => shipper.DepthBytes, "By", "Journal bytes that the ledger does not have yet.");
        _meter.CreateObservableGauge("llmeter_ledger_lag", () => shipper.Lag.TotalSeconds, "s", "Age of the oldest entry that the ledger does not have yet.");
        _meter.CreateObservableCounter("llmeter_ledger_records", () => shipper.Shipped, description: "Records that went into the ledger.");
        _meter.CreateObservableCounter("llmeter_ledger_conflicts", () => shipper.Conflicts, description: "Records that contradict a stored one.");
        _meter.CreateObservableGauge(
            "llmeter_tenancy_snapshot_age", () => tenancy.SnapshotAge.TotalSeconds, "s", "How long ago this node's tenants, keys and budgets were last known to be the newest.");
    }

    public void Dispose() => _meter.Dispose();
}
