using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Inspect;
using LLMeterProxy.Gateway.Route;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway;

/// <summary>
/// One call on its way through the stages. Each stage writes its own part and reads the parts before it; none writes
/// another's. The parts are in the order of the stages.
/// </summary>
public sealed class GatewayContext(HttpContext http, RequestId id, DateTimeOffset startedAt, long startedTimestamp)
{
    public HttpContext Http { get; } = http;

    /// <summary>The parent id of the call and, in its milliseconds, the reservation instant.</summary>
    public RequestId Id { get; } = id;

    /// <summary>UTC.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>A <see cref="TimeProvider.GetTimestamp"/> value.</summary>
    public long StartedTimestamp { get; } = startedTimestamp;

    /// <summary>Null until the path's first segment was found in the configuration.</summary>
    public Provider? Provider { get; set; }

    /// <summary>The path after the provider's segment.</summary>
    public string ProviderPath { get; set; } = "";

    /// <summary>The family in which the caller is answered.</summary>
    public required ProblemShape Problems { get; set; }

    // --- Identify
    public Principal Principal { get; set; } = null!;

    // --- Inspect
    public RouteMatch Match { get; set; } = null!;

    public RequestFacts Facts { get; set; } = RequestFacts.Empty;

    /// <summary>Null where the method has no body.</summary>
    public RequestBody? Body { get; set; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; } = [];

    /// <summary>The attributed tenant, fixed at the end of Inspect.</summary>
    public Tenant Tenant { get; set; } = null!;

    // --- Route
    /// <summary>The book that prices this call, whatever is loaded meanwhile (T121).</summary>
    public PriceBook Prices { get; set; } = null!;

    /// <summary>Null where the model has no price.</summary>
    public PricedModel? PricedModel { get; set; }

    /// <summary>The canonical model id: policy, price, budget and metrics use this one. Empty for operations without a model.</summary>
    public string Model { get; set; } = "";

    public UpstreamCredential? Credential { get; set; }

    // --- Admit
    /// <summary>Proof that the call passed Admit: without it nothing can be forwarded (T28).</summary>
    public Admission? Admission { get; set; }

    // --- Forward
    public Attempt? Attempt { get; set; }

    public DisconnectGuard? Disconnect { get; set; }

    /// <summary>What the client gets in place of the upstream's answer; null where that passes.</summary>
    public Problem? UpstreamProblem { get; set; }

    public string RequestIdText => _requestIdText ??= Id.ToString();

    private string? _requestIdText;

    public bool IsMetered => Match.Route.Treatment == RouteTreatment.Metered;

    public bool AsksForStream => Facts.Stream || Match.StreamByPath;
}
