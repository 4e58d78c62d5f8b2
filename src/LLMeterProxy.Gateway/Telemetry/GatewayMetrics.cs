using System.Diagnostics;
using System.Diagnostics.Metrics;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Gateway.Record;

namespace LLMeterProxy.Gateway.Telemetry;

/// <summary>
/// The gateway's instruments under the names of the published contract. Tenant is on counters only; histograms have none.
/// Per-tenant sums are read from <see cref="MeteringCounters"/> at collection, so that counting a call costs no tag list.
/// </summary>
public sealed class GatewayMetrics : IBudgetObserver, IDisposable
{
    public const string MeterName = "LLMeterProxy.Gateway";

    private static readonly RequestOutcome[] _outcomes = Enum.GetValues<RequestOutcome>();

    private readonly System.Diagnostics.Metrics.Meter _meter;
    private readonly MeteringCounters _counters;
    private readonly Counter<long> _refusals;
    private readonly Counter<double> _overshoot;
    private readonly Counter<long> _shadowRefusals;
    private readonly Counter<long> _gaps;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _overhead;

    public GatewayMetrics(IMeterFactory meters, MeteringCounters counters)
    {
        _counters = counters;
        _meter = meters.Create(MeterName);
        _meter.CreateObservableCounter("llmeter_requests", Requests, description: "Recorded attempts by outcome.");
        _meter.CreateObservableCounter("llmeter_tokens", Tokens, description: "Tokens by type; input and output are totals, the others subsets.");
        _meter.CreateObservableCounter("llmeter_cost_usd", Cost, description: "Cost in USD.");
        _meter.CreateObservableCounter("llmeter_billed_usd", Billed, description: "What tenants are charged, in USD.");
        _meter.CreateObservableCounter("llmeter_unpriced_requests", () => Sum(static c => c.Unpriced), description: "Calls without a known price.");
        _meter.CreateObservableCounter("llmeter_estimated_requests", () => Sum(static c => c.Estimated), description: "Calls whose usage is estimated in part or whole.");
        _refusals = _meter.CreateCounter<long>("llmeter_admission_refusals", description: "Refused calls by reason.");
        _overshoot = _meter.CreateCounter<double>("llmeter_cap_overshoot_usd", description: "Spend past a hard cap, in USD.");
        _shadowRefusals = _meter.CreateCounter<long>("llmeter_shadow_refusals", description: "Calls that a shadow budget would have refused.");
        _gaps = _meter.CreateCounter<long>("llmeter_metering_gaps", description: "Responses whose usage could not be recorded in full.");
        _duration = _meter.CreateHistogram<double>("llmeter_request_duration", "s", "From the arrival of the request to its record.");
        _firstToken = _meter.CreateHistogram<double>("llmeter_time_to_first_token", "s", "From the arrival of a streamed request to its first body byte.");
        _overhead = _meter.CreateHistogram<double>("llmeter_overhead", "s", "From the arrival of the request to its dispatch.");
    }

    internal System.Diagnostics.Metrics.Meter Meter => _meter;

    public void Completed(UsageRecord record)
    {
        if (_duration.Enabled || _overhead.Enabled)
        {
            Observe(record);
        }
    }

    public void Refused(string tenant, string reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("tenant", tenant), new KeyValuePair<string, object?>("reason", reason));

    public void MeteringGap(string provider, string operation, string reason) => _gaps.Add(
        1,
        new KeyValuePair<string, object?>("provider", provider),
        new KeyValuePair<string, object?>("operation", operation),
        new KeyValuePair<string, object?>("reason", reason));

    public void Overshoot(string tenant, NanoUsd amount) =>
        _overshoot.Add(amount.Value / (double)NanoUsd.PerUsd, new KeyValuePair<string, object?>("tenant", tenant));

    public void ShadowRefusal(string tenant, Budget budget) => _shadowRefusals.Add(
        1, new KeyValuePair<string, object?>("tenant", tenant), new KeyValuePair<string, object?>("budget", budget.Name));

    public void Dispose() => _meter.Dispose();

    private void Observe(UsageRecord record)
    {
        var tags = new TagList
        {
            { "provider", record.Provider },
            { "operation", record.Operation },
            { "outcome", OutcomeName(record.Outcome) },
        };
        _duration.Record(record.Timings.CompletedMicros / 1e6, tags);
        if (record.Timings.DispatchedMicros is { } dispatched)
        {
            _overhead.Record(dispatched / 1e6, tags);
        }

        if (record is { Stream: true, Timings.FirstByteMicros: { } first })
        {
            _firstToken.Record(first / 1e6, tags);
        }
    }

    private static string OutcomeName(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Completed => "completed",
        RequestOutcome.UpstreamError => "upstream_error",
        RequestOutcome.ClientAborted => "client_aborted",
        RequestOutcome.Truncated => "truncated",
        _ => "timeout",
    };

    private IEnumerable<Measurement<long>> Requests()
    {
        foreach (var cell in _counters.Cells)
        {
            foreach (var outcome in _outcomes)
            {
                if (cell.Requests(outcome) is > 0 and var count)
                {
                    yield return new Measurement<long>(
                        count,
                        [.. Labels(cell), new("operation", cell.Operation), new("outcome", OutcomeName(outcome))]);
                }
            }
        }
    }

    private IEnumerable<Measurement<long>> Tokens()
    {
        var sums = new Dictionary<(string, string, string, string), long>();
        foreach (var cell in _counters.Cells)
        {
            Add(cell, "input", cell.InputTokens);
            Add(cell, "cache_read", cell.CacheReadTokens);
            Add(cell, "cache_write", cell.CacheWriteTokens);
            Add(cell, "output", cell.OutputTokens);
            Add(cell, "reasoning", cell.ReasoningTokens);
        }

        return sums.Select(s => new Measurement<long>(
            s.Value, new("tenant", s.Key.Item1), new("provider", s.Key.Item2), new("model", s.Key.Item3), new("type", s.Key.Item4)));

        void Add(MeteringCell cell, string type, long tokens)
        {
            if (tokens > 0)
            {
                var key = (cell.Tenant, cell.Provider, cell.Model, type);
                sums[key] = sums.GetValueOrDefault(key) + tokens;
            }
        }
    }

    private IEnumerable<Measurement<double>> Cost() => _counters.Cells
        .GroupBy(c => (c.Tenant, c.Provider, c.Model))
        .Select(g => new Measurement<double>(g.Sum(c => c.Cost) / (double)NanoUsd.PerUsd, Labels(g.First())));

    private IEnumerable<Measurement<double>> Billed() => _counters.Cells
        .GroupBy(c => c.Tenant, StringComparer.Ordinal)
        .Select(g => new Measurement<double>(g.Sum(c => c.Billed) / (double)NanoUsd.PerUsd, new KeyValuePair<string, object?>("tenant", g.Key)));

    private IEnumerable<Measurement<long>> Sum(Func<MeteringCell, long> value) => _counters.Cells
        .GroupBy(c => (c.Tenant, c.Provider, c.Model))
        .Select(g => (Sum: g.Sum(value), Cell: g.First()))
        .Where(g => g.Sum > 0)
        .Select(g => new Measurement<long>(g.Sum, Labels(g.Cell)));

    private static KeyValuePair<string, object?>[] Labels(MeteringCell cell) =>
        [new("tenant", cell.Tenant), new("provider", cell.Provider), new("model", cell.Model)];
}
