using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Billing;

/// <summary>One line of the provider's bill: a dispatch that reached it, whatever became of it.</summary>
public sealed record BillEntry
{
    /// <summary>Number of the dispatch, from 1 in the order of arrival; <see cref="RecordedRequest.Sequence"/> is the same.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the dispatch arrived, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whose API was called.</summary>
    public required ProviderShape Shape { get; init; }

    /// <summary>What was asked for.</summary>
    public required SimulatedOperation Operation { get; init; }

    /// <summary>Path as decoded, with the provider's prefix and without the query.</summary>
    public required string Path { get; init; }

    /// <summary>Model as the request named it, or null.</summary>
    public string? ModelRequested { get; init; }

    /// <summary>Model as the response names it, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Service tier as the response names it, or null.</summary>
    public string? Tier { get; init; }

    /// <summary>Whether the answer was a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>HTTP status, 0 where the connection was closed before any.</summary>
    public required int Status { get; init; }

    /// <summary>The tokens that are billed, not those that the response would have stated.</summary>
    public SimulatedUsage Usage { get; init; }

    /// <summary>What is billed in nano-USD, rounded half to even once; null where the price list does not have the model.</summary>
    public required long? NanoUsd { get; init; }

    /// <summary>Id that the response names, or null.</summary>
    public string? ResponseId { get; init; }

    /// <summary>The caller's own name of the call, out of the request's text; see <see cref="Scripting.CallMarker"/>. Null where it has none.</summary>
    public string? Marker { get; init; }

    /// <summary>Whether all that was meant to be sent was handed to the network.</summary>
    public required bool FullySent { get; init; }

    /// <summary>Whether the client left before the end.</summary>
    public required bool ClientAborted { get; init; }

    /// <summary>Body bytes handed to the network.</summary>
    public required long BytesSent { get; init; }

    /// <summary>The body bytes sent, up to the configured bound; empty unless bodies are recorded.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Offsets in the body after which it was flushed, in order; empty unless bodies are recorded.</summary>
    public IReadOnlyList<long> Flushes { get; init; } = [];
}
