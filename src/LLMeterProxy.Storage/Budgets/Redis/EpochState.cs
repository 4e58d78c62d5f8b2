namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a node knows of the epoch at one instant.</summary>
/// <param name="Number">0 before the first verification.</param>
/// <param name="IsVerified">False: nothing is asked and everything is unverifiable.</param>
/// <param name="IsOpen">False: not every node has replayed into this epoch yet, so that hard caps cannot be answered.</param>
public sealed record EpochState(long Number, bool IsVerified, bool IsOpen);
