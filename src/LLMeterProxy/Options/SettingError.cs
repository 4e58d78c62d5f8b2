namespace LLMeterProxy.Options;

/// <summary>One bad setting: the key, what it says, what is wrong, what to do. All of them are reported at once.</summary>
/// <param name="Value">As configured; null where it is missing or secret.</param>
internal sealed record SettingError(string Key, string? Value, string Problem, string Fix)
{
    public override string ToString() => Value is null ? $"{Key}: {Problem} {Fix}" : $"{Key} = '{Value}': {Problem} {Fix}";
}
