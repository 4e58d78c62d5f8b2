using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>A call under way: its client and the upstream that holds it.</summary>
internal sealed record ScriptedCall(string Tenant, string Key, RawClient Client, UpstreamExchange Upstream) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        Upstream.Reset();
        return ValueTask.CompletedTask;
    }
}
