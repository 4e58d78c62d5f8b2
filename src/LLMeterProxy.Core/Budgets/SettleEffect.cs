using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Budgets;

/// <summary>What a settlement changed on one slot.</summary>
/// <param name="Applied">False where the settlement was at or below its stream's watermark: nothing changed.</param>
/// <param name="Overshoot">By how much spend above a hard limit grew; the largest over the call's budgets, so that a dollar counts once.</param>
/// <param name="Ended">The reservation whose hold ended; null where none did.</param>
public readonly record struct SettleEffect(bool Applied, NanoUsd Overshoot = default, Reservation? Ended = null);
