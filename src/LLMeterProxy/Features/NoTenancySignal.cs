using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>For a node that nobody shares its tenancy with.</summary>
internal sealed class NoTenancySignal : ITenancySignal
{
    public event Action<long> Received
    {
        add { }
        remove { }
    }

    public void Send(long revision)
    {
        // Nobody listens.
    }
}
