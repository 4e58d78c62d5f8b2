namespace LLMeterProxy.Features;

/// <summary>Which listener a connection came in on; set on the connection itself, so that no header or host can claim it.</summary>
internal sealed class ListenerRole(bool isGateway)
{
    public static readonly ListenerRole Gateway = new(true);
    public static readonly ListenerRole Control = new(false);

    public bool IsGateway { get; } = isGateway;
}
