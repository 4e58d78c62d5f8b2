namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>One node as a load balancer sees it: calls go to it while it is open.</summary>
internal sealed class NodeGate(string name, string gatewayUrl)
{
    private volatile TaskCompletionSource _open = NewGate();
    private volatile TaskCompletionSource _answered = NewGate();

    public string Name { get; } = name;

    public string GatewayUrl { get; } = gatewayUrl;

    public bool IsOpen => _open.Task.IsCompleted;

    /// <summary>Completes when the node is open.</summary>
    public Task Opened => _open.Task;

    /// <summary>Completes when a client has had an answer since the last <see cref="Open"/>.</summary>
    public Task Answered => _answered.Task;

    /// <summary>The node is ready: call it.</summary>
    public void Open()
    {
        _answered = NewGate();
        _open.TrySetResult();
    }

    /// <summary>The node is gone. A gate that is shut already may have clients waiting at it.</summary>
    public void Shut()
    {
        if (IsOpen)
        {
            _open = NewGate();
        }
    }

    public void WasAnswered() => _answered.TrySetResult();

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
