using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.Simulator;

/// <summary>Puts a simulator into an application that serves other things too.</summary>
public static class SimulatorEndpoints
{
    /// <summary>Maps all methods of everything under <paramref name="prefix"/> (e.g. <c>/providers</c>, or empty for all paths).</summary>
    public static IEndpointConventionBuilder MapSimulator(this IEndpointRouteBuilder endpoints, string prefix, ProviderSimulator simulator) =>
        endpoints.Map(prefix.TrimEnd('/') + "/{**path}", simulator.HandleAsync);
}
