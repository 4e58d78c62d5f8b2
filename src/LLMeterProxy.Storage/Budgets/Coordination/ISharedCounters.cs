namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>The counter store as the coordinator sees it: not one call's figures, but what keeps all of them true.</summary>
/// <remarks>Every method throws <c>BudgetStoreUnavailableException</c> where the store cannot be reached or refuses.</remarks>
public interface ISharedCounters
{
    /// <summary>What names the store's primaries for as long as they have lost nothing: their run ids, in order.</summary>
    Task<string> ReadStoreAsync(CancellationToken cancellationToken);

    /// <summary>Lets this and every other node that is in the store's epoch call it: without it every call is refused.</summary>
    Task EnableAsync(CancellationToken cancellationToken);

    /// <summary>Says that an incarnation lives.</summary>
    Task<Heartbeats> BeatAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>Takes an incarnation out of the heartbeats.</summary>
    Task ForgetBeatAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>Sets a slot, whatever it was; under <paramref name="onlyIfAbsent"/> nothing where it exists in this epoch.</summary>
    Task SetSlotAsync(string slot, long epoch, SlotFigures figures, bool onlyIfAbsent, CancellationToken cancellationToken);

    /// <summary>Whether a slot exists in this epoch.</summary>
    Task<bool> HasSlotAsync(string slot, long epoch, CancellationToken cancellationToken);

    /// <summary>Fences an incarnation in a slot and hands its holds on; lists those that are to be charged (none of a foreign slot).</summary>
    Task<IReadOnlyList<HandedOnHold>> HandOnAsync(string slot, string dead, string newOwner, CancellationToken cancellationToken);

    /// <summary>No settlement of these incarnations comes again.</summary>
    Task ForgetWatermarksAsync(string slot, IReadOnlyList<string> incarnations, CancellationToken cancellationToken);
}
