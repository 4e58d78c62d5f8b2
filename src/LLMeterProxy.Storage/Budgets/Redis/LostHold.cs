using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>A hold that was handed to this node, which has to charge it.</summary>
/// <param name="Attempt">The attempt in flight, 1 and up.</param>
/// <param name="WasHandedOver">It had been handed to the dead incarnation by an earlier death, so that another journal has its intent.</param>
/// <param name="At">The reservation instant, UTC.</param>
/// <param name="Slots">The other slots that hold for the same call.</param>
/// <param name="Intent">As it was reserved with.</param>
public sealed record LostHold(
    RequestId Id, string Tenant, NanoUsd Amount, int Attempt, bool WasHandedOver, DateTimeOffset At, IReadOnlyList<string> Slots, ReadOnlyMemory<byte> Intent);
