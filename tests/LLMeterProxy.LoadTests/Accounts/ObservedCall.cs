namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>One call as its client saw it.</summary>
internal sealed class ObservedCall(string id, string node, string tenant, CallShape shape, DateTimeOffset startedAt)
{
    /// <summary>In the prompt for the provider's bill, in a tag for the ledger.</summary>
    public string Id { get; } = id;

    /// <summary>The node that was called.</summary>
    public string Node { get; } = node;

    public string Tenant { get; } = tenant;

    public CallShape Shape { get; } = shape;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public DateTimeOffset EndedAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>0 where no headers came.</summary>
    public int Status { get; set; }

    /// <summary><c>x-llmeter-request-id</c>; null where no headers came.</summary>
    public string? RequestId { get; set; }

    /// <summary>When the client had the end of a successful response: its terminal event, or the whole body.</summary>
    public DateTimeOffset? CompleteAt { get; set; }

    /// <summary>The client left by itself.</summary>
    public bool Left { get; set; }

    /// <summary>The provider was told to fail this call.</summary>
    public bool Scripted { get; set; }

    /// <summary>The node refused because it could not ask for the cap.</summary>
    public bool IsUnverified { get; set; }

    /// <summary>Body of an answer that is neither a success nor a refusal that the load provokes.</summary>
    public string? Surprise { get; set; }

    public override string ToString() => $"{Id} ({Tenant}, {Shape.Name}, {Node})";
}
