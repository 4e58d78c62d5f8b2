using System.Collections.Concurrent;

namespace LLMeterProxy.Gateway.Record;

/// <summary>All cells. Bounded by configuration and price book: a model that the book does not know is <see cref="OtherModel"/> (A85, G45).</summary>
public sealed class MeteringCounters
{
    public const string OtherModel = "other";

    private readonly ConcurrentDictionary<(string Tenant, string Provider, string Model, string Operation), MeteringCell> _cells = new();

    public IEnumerable<MeteringCell> Cells => _cells.Values;

    public MeteringCell Of(string tenant, string provider, string model, string operation) =>
        _cells.GetOrAdd((tenant, provider, model, operation), static k => new MeteringCell(k.Tenant, k.Provider, k.Model, k.Operation));
}
