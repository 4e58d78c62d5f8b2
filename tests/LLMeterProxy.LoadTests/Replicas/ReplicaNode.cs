using LLMeterProxy.LoadTests.Accounts;
using LLMeterProxy.LoadTests.Processes;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>One of the replicas: its process, and whether the load balancer sends calls to it.</summary>
internal sealed class ReplicaNode(ProxyProcess process, NodeGate gate)
{
    public ProxyProcess Process { get; } = process;

    public NodeGate Gate { get; } = gate;

    /// <summary>How long its last start took, ms.</summary>
    public double StartupMs { get; set; }
}
