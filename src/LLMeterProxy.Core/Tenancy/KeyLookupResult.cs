namespace LLMeterProxy.Core.Tenancy;

/// <summary>What an <see cref="IKeyLookup"/> found out.</summary>
public enum KeyLookupResult
{
    /// <summary>No such key was issued, or it was revoked.</summary>
    Unknown,

    /// <summary>The key was issued and <see cref="ITenancySnapshotSource.Current"/> has it now, with its tenant and every budget.</summary>
    InSnapshot,

    /// <summary>Not looked up: too many unknown keys at once.</summary>
    Busy,

    /// <summary>Not answered: the store cannot be reached.</summary>
    Unavailable,
}
