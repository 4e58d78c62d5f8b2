namespace LLMeterProxy.Features;

/// <summary>With which code the program ends, and the way to end it from inside.</summary>
internal sealed class NodeExit(IHostApplicationLifetime lifetime)
{
    private int _code;

    /// <summary>One of <see cref="Cli.ExitCodes"/>.</summary>
    public int Code => Volatile.Read(ref _code);

    /// <summary>The first reason stands.</summary>
    public void With(int code) => Interlocked.CompareExchange(ref _code, code, Cli.ExitCodes.Success);

    /// <summary>Ends the node in order, as SIGTERM does.</summary>
    public void Stop(int code)
    {
        With(code);
        lifetime.StopApplication();
    }
}
