namespace LLMeterProxy.Cli.Checks;

/// <summary>Which setting of <c>LLMeter</c> comes from where. Values of secrets are never shown (T89).</summary>
internal sealed class SettingsCheck(IConfigurationRoot configuration) : ICheck
{
    private const string Section = "LLMeter:";

    // By the last part of the name, or by a part above it for lists such as ApiKeys:0.
    private static readonly string[] _secrets = ["Token", "Pepper", "ApiKeys", "ApiKey", "Secret", "SecretAccessKey", "SessionToken", "AccessKeyId", "Password", "ConnectionString", "Configuration", "Url"];

    public string Name => "setting";

    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CheckResult>>(
    [
        .. configuration.AsEnumerable()
            .Where(s => s.Value is not null && s.Key.StartsWith(Section, StringComparison.OrdinalIgnoreCase))
            .OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => new CheckResult(Verdict.Note, $"{s.Key} = {(IsSecret(s.Key) ? "(secret)" : s.Value)} from {OriginOf(s.Key)}")),
    ]);

    internal static bool IsSecret(string key) =>
        key.Split(':').Any(part => _secrets.Contains(part, StringComparer.OrdinalIgnoreCase));

    private string OriginOf(string key)
    {
        // The last provider that knows a key is the one that counts.
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (provider.TryGet(key, out _))
            {
                return provider.ToString() ?? "?";
            }
        }

        return "?";
    }
}
