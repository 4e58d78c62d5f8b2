using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>
/// Stands between the client's connection and the upstream call. When the client leaves, the policy decides whether the
/// upstream is aborted at once or read on to its usage: Kestrel swallows writes to a dead client, so the copy just goes on.
/// </summary>
public sealed class DisconnectGuard : IDisposable
{
    private readonly CancellationTokenSource _upstream = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly GatewaySettings _settings;
    private readonly Func<bool> _finishSeen;
    private readonly Func<DisconnectPolicy> _policy;

    /// <param name="policy">Asked at the moment of the disconnect: a stream follows the provider, all else drains.</param>
    /// <param name="finishSeen">Asked at the moment of the disconnect: past the finish reason it always drains.</param>
    /// <param name="client">Cancelled when the client's connection ends.</param>
    public DisconnectGuard(GatewaySettings settings, Func<DisconnectPolicy> policy, Func<bool> finishSeen, CancellationToken client)
    {
        _settings = settings;
        _policy = policy;
        _finishSeen = finishSeen;
        _registration = client.UnsafeRegister(static state => ((DisconnectGuard)state!).OnClientGone(), this);
    }

    /// <summary>Ends the upstream call.</summary>
    public CancellationToken Upstream => _upstream.Token;

    /// <summary>The client left before the response was complete.</summary>
    public bool ClientGone { get; private set; }

    /// <summary>The client left after the generation was over: the call counts as completed.</summary>
    public bool FinishedBeforeGone { get; private set; }

    /// <summary>What becomes of the client's connection from here on says nothing of the client. Does not wait.</summary>
    public void StopWatching() => _registration.Unregister();

    public void Dispose()
    {
        _registration.Dispose();
        _upstream.Dispose();
    }

    private void OnClientGone()
    {
        FinishedBeforeGone = _finishSeen();
        ClientGone = true;
        try
        {
            if (FinishedBeforeGone)
            {
                _upstream.CancelAfter(_settings.FinishDrainLimit);
            }
            else if (_policy() == DisconnectPolicy.Drain)
            {
                _upstream.CancelAfter(_settings.DrainLimit);
            }
            else
            {
                _upstream.Cancel();
            }
        }
        catch (ObjectDisposedException)
        {
            // The call ended while the connection did: nothing is left to cancel.
        }
    }
}
