using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Tests.Budgets;

public sealed class RecordingBudgetObserver : IBudgetObserver
{
    public ConcurrentQueue<(string Tenant, NanoUsd Amount)> Overshoots { get; } = new();

    public ConcurrentQueue<(string Tenant, Budget Budget)> ShadowRefusals { get; } = new();

    public void Overshoot(string tenant, NanoUsd amount) => Overshoots.Enqueue((tenant, amount));

    public void ShadowRefusal(string tenant, Budget budget) => ShadowRefusals.Enqueue((tenant, budget));
}
