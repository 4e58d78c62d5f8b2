namespace LLMeterProxy.Core.Wire.Bedrock.EventStream;

/// <summary>One verified message of an event stream. Its spans are of a buffer that is used again after the call.</summary>
internal readonly ref struct EventStreamMessage
{
    /// <summary><c>event</c>, <c>exception</c> or <c>error</c>.</summary>
    public ReadOnlySpan<byte> MessageType { get; init; }

    /// <summary>What kind of event (<c>metadata</c>, <c>chunk</c>); empty where the message is none.</summary>
    public ReadOnlySpan<byte> EventType { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The service ended its answer with an error.</summary>
    public bool IsError => MessageType.SequenceEqual("exception"u8) || MessageType.SequenceEqual("error"u8);
}
