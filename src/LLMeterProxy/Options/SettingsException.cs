namespace LLMeterProxy.Options;

/// <summary>The configuration is not usable; the message lists every error with its key, value and fix.</summary>
internal sealed class SettingsException(IReadOnlyList<SettingError> errors)
    : Exception($"LLMeterProxy cannot start: {errors.Count} bad setting{(errors.Count == 1 ? "" : "s")}.\n" + string.Join('\n', errors.Select(e => "  " + e)))
{
    public IReadOnlyList<SettingError> Errors { get; } = errors;
}
