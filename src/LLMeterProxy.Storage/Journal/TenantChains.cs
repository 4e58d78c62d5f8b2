using System.Collections.Concurrent;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// The chains of the incarnation that the node is now. An incarnation that other nodes have declared dead is not taken up again:
/// <see cref="Renew"/> begins another with chains of its own, while records that are just being appended still end the old ones.
/// </summary>
internal sealed class TenantChains(string incarnation)
{
    private volatile Generation _current = new(incarnation);

    public string Incarnation => _current.Incarnation;

    public TenantChain Of(string tenant) => _current.Of(tenant);

    public void Renew(string next) => _current = new Generation(next);

    private sealed class Generation(string incarnation)
    {
        private readonly ConcurrentDictionary<string, TenantChain> _chains = new(StringComparer.Ordinal);

        public string Incarnation { get; } = incarnation;

        public TenantChain Of(string tenant) =>
            _chains.TryGetValue(tenant, out var chain) ? chain : _chains.GetOrAdd(tenant, static (_, of) => new TenantChain(of), Incarnation);
    }
}
