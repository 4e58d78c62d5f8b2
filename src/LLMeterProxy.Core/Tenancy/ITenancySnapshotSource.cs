namespace LLMeterProxy.Core.Tenancy;

/// <summary>The current snapshot; a read is one volatile load.</summary>
public interface ITenancySnapshotSource
{
    TenancySnapshot Current { get; }

    /// <summary>Raised after <see cref="Current"/> was replaced.</summary>
    event Action<TenancySnapshot> Changed;
}
