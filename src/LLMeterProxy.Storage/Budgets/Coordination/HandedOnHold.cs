using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>A hold whose owner is dead and which is this node's now.</summary>
/// <param name="Origin">The incarnation that reserved it.</param>
/// <param name="AttemptNumber">The attempt that was under way.</param>
/// <param name="Intent">The encoded intent of the call's first attempt.</param>
public sealed record HandedOnHold(RequestId ReservationId, string Origin, int AttemptNumber, ReadOnlyMemory<byte> Intent);
