using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>The holds of this node: what a rebuild has to bring back, and in which slots a settlement ends something.</summary>
internal sealed class HoldsInFlight
{
    private readonly ConcurrentDictionary<RequestId, HoldInFlight> _holds = new();

    public int Count => _holds.Count;

    public IEnumerable<HoldInFlight> All => _holds.Values;

    public HoldInFlight? Find(RequestId id) => _holds.GetValueOrDefault(id);

    /// <returns>The one that is known under this id.</returns>
    public HoldInFlight Add(Reservation call, string[] foreign) => _holds.GetOrAdd(call.Id, static (_, a) => new HoldInFlight(a.call, a.foreign), (call, foreign));

    /// <summary>Its end is applied everywhere.</summary>
    public void Remove(HoldInFlight hold) => _holds.TryRemove(new KeyValuePair<RequestId, HoldInFlight>(hold.Call.Id, hold));
}
