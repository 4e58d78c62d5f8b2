using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi;

/// <summary>Makes virtual keys and the ids of keys and budgets.</summary>
public interface IKeyMint
{
    /// <summary>A new secret with its stored hash and its display prefix. The secret exists only in the answer that carries it.</summary>
    (string Secret, KeyHash Hash, string Prefix) Mint();

    /// <summary><c>key_</c> and a UUIDv7 without dashes.</summary>
    string NewKeyId();

    /// <summary><c>bud_</c> and a UUIDv7 without dashes.</summary>
    string NewBudgetId();
}
