namespace LLMeterProxy.Simulator.Demo;

/// <summary>Where the demo's traffic goes, with whose keys, and how much of it there is.</summary>
public sealed record DemoTrafficOptions
{
    /// <summary>Origin of the gateway listener, e.g. <c>http://127.0.0.1:8080</c>; the providers are under <c>/openai</c> and <c>/anthropic</c>.</summary>
    public required Uri Gateway { get; init; }

    /// <summary>Virtual key of <see cref="DemoTraffic.ChatTenant"/>.</summary>
    public required string ChatKey { get; init; }

    /// <summary>Virtual key of <see cref="DemoTraffic.SupportTenant"/>.</summary>
    public required string SupportKey { get; init; }

    /// <summary>Virtual key of <see cref="DemoTraffic.IngestTenant"/>, whose cap is what the demo shows.</summary>
    public required string IngestKey { get; init; }

    /// <summary>Documents that the ingest loop wants to send.</summary>
    public int Documents { get; init; } = 5_000;

    /// <summary>Documents in flight at once, at least 1.</summary>
    public int IngestConcurrency { get; init; } = 4;

    /// <summary>Pause of each ingest worker after a document.</summary>
    public TimeSpan IngestPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Pause of the chat app between two questions.</summary>
    public TimeSpan ChatPause { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Pause of the support bot between two messages.</summary>
    public TimeSpan SupportPause { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Calls after which the chat app and the support bot stop, each.</summary>
    public int MaxCalls { get; init; } = 20_000;

    /// <summary>Clock for the pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
