using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>The figures of the latest answers, for whoever must not wait for better ones.</summary>
internal sealed class LatestBalances
{
    private static readonly TimeSpan _keptAfterWindow = TimeSpan.FromDays(2);

    private readonly ConcurrentDictionary<BudgetWindowKey, BudgetBalance> _balances = new();

    public BudgetBalance Read(BudgetWindowKey key) => _balances.GetValueOrDefault(key);

    public void Set(BudgetWindowKey key, BudgetBalance balance) => _balances[key] = balance;

    public void Set(IReadOnlyList<(BudgetWindowKey Key, BudgetBalance Balance)> balances)
    {
        for (var i = 0; i < balances.Count; i++)
        {
            _balances[balances[i].Key] = balances[i].Balance;
        }
    }

    /// <summary>Drops windows long over.</summary>
    public void Trim(DateTimeOffset now)
    {
        foreach (var key in _balances.Keys)
        {
            if (now - key.LatestEnd > _keptAfterWindow)
            {
                _balances.TryRemove(key, out _);
            }
        }
    }
}
