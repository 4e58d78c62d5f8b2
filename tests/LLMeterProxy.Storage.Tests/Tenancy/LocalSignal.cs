using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Storage.Tests.Tenancy;

internal sealed class LocalSignal : ITenancySignal
{
    public event Action<long>? Received;

    public void Send(long revision) => Received?.Invoke(revision);
}
