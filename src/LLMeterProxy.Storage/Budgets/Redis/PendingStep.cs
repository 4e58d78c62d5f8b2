using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What waits to be sent: one of three.</summary>
internal readonly record struct PendingStep(Settlement? Settlement = null, PendingRelease? Release = null, TaskCompletionSource? Flush = null);
