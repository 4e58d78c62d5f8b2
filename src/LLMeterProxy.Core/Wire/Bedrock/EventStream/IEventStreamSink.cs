namespace LLMeterProxy.Core.Wire.Bedrock.EventStream;

/// <summary>Hears the messages that an <see cref="EventStreamDecoder"/> finds, in order.</summary>
internal interface IEventStreamSink
{
    void OnMessage(in EventStreamMessage message);
}
