using LLMeterProxy.Core.Budgets;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>A slot as one node sees it: its two keys, which share a hash tag and with it a node of a cluster, and how far it has seen it.</summary>
internal sealed class SlotView
{
    private readonly Lock _gate = new();
    private long _epoch;
    private long _operation;

    public SlotView(string name)
    {
        // The name of the global slot has braces of its own; no tenant id has a star.
        var tag = string.Equals(name, AppliedBudget.GlobalSlot) ? "*global" : name;
        Name = name;
        Keys = [$"llmeter:{{{tag}}}:state", $"llmeter:{{{tag}}}:holds"];
    }

    public string Name { get; }

    public RedisKey[] Keys { get; }

    /// <summary>The highest operation number seen in an epoch; 0 in another.</summary>
    public long Seen(long epoch)
    {
        lock (_gate)
        {
            return epoch == _epoch ? _operation : 0;
        }
    }

    public void Saw(long epoch, long operation)
    {
        lock (_gate)
        {
            if (epoch > _epoch)
            {
                (_epoch, _operation) = (epoch, operation);
            }
            else if (epoch == _epoch && operation > _operation)
            {
                _operation = operation;
            }
        }
    }
}
