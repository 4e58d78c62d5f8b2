using LLMeterProxy.Core.Wire;
using LLMeterProxy.Options;
using Microsoft.Extensions.Configuration;

namespace LLMeterProxy.FunctionalTests.Docs;

/// <summary>docs/configuration.md and the reader of the settings say the same.</summary>
public sealed class SettingsPageTests
{
    private const string Page = "docs/configuration.md";
    private const string Providers = "LLMeter:Providers";
    private const string Probe = "NoSuchSetting";
    private const string Known = "Known here: ";

    [Fact]
    public void The_page_names_exactly_the_settings_that_are_read()
    {
        var documented = Pages.Rows(Page, "LLMeter:").Select(r => Pages.Code(r[0])!).Order(StringComparer.Ordinal);
        Assert.Equal(ReadSettings().Order(StringComparer.Ordinal), documented);
    }

    [Fact]
    public void Every_stated_default_is_what_its_absence_means()
    {
        var standard = Describe([]);
        var checkedDefaults = 0;
        foreach (var row in Pages.Rows(Page, "LLMeter:"))
        {
            if (Pages.Code(row[1]) is { } value)
            {
                var key = Pages.Code(row[0])!.Replace("<name>", "openai", StringComparison.Ordinal);
                Assert.True(standard == Describe([KeyValuePair.Create(key, (string?)value)]), $"{key} is not {value} by default.");
                checkedDefaults++;
            }
        }

        Assert.True(checkedDefaults > 20, $"Only {checkedDefaults} defaults were found.");
    }

    [Theory]
    [InlineData("LLMeter")]
    [InlineData("LLMeter:Admin")]
    [InlineData("LLMeter:Caps")]
    [InlineData("LLMeter:Caps:DefaultTenant")]
    [InlineData("LLMeter:Gateway")]
    [InlineData("LLMeter:Listen")]
    [InlineData("LLMeter:Metrics")]
    [InlineData("LLMeter:Prices")]
    [InlineData("LLMeter:Providers:openai")]
    [InlineData("LLMeter:Providers:openai:Retry")]
    [InlineData("LLMeter:Redis")]
    [InlineData("LLMeter:Tls")]
    [Trait("Acceptance", "A25")]
    public void A_misspelt_setting_is_refused_in_every_section(string section) => Assert.NotNull(NamesIn(section));

    /// <summary>What the reader itself lists where it refuses a name that it does not know.</summary>
    private static HashSet<string> ReadSettings()
    {
        var settings = new HashSet<string>(StringComparer.Ordinal);
        var sections = new Queue<string>(["LLMeter"]);
        while (sections.TryDequeue(out var section))
        {
            if (section == Providers)
            {
                sections.Enqueue($"{Providers}:openai");
            }
            else if (NamesIn(section) is { } names)
            {
                names.ForEach(name => sections.Enqueue($"{section}:{name}"));
            }
            else
            {
                settings.Add(section.Replace($"{Providers}:openai", $"{Providers}:<name>", StringComparison.Ordinal));
            }
        }

        return settings;
    }

    /// <returns>Null where the name is a setting and no section.</returns>
    private static List<string>? NamesIn(string section)
    {
        var errors = new List<SettingError>();
        Read([KeyValuePair.Create($"{section}:{Probe}", (string?)"1")], errors);
        return errors.Find(e => e.Key == $"{section}:{Probe}" && e.Fix.StartsWith(Known, StringComparison.Ordinal)) is { } refused
            ? [.. refused.Fix[Known.Length..].TrimEnd('.').Split(", ", StringSplitOptions.RemoveEmptyEntries)]
            : null;
    }

    private static string Describe(KeyValuePair<string, string?>[] more)
    {
        // A default of these two shows only where a cap and a provider are configured at all.
        KeyValuePair<string, string?>[] minimum = [new("LLMeter:Caps:DefaultTenant:LimitUsd", "1"), new($"{Providers}:openai:ApiKeys:0", "x")];
        var errors = new List<SettingError>();
        var settings = Read([.. minimum, .. more], errors);
        Assert.Empty(errors);
        return string.Join('\n', settings.Providers.Select(p => p.ToString()).Prepend(settings.ToString()));
    }

    private static HostSettings Read(IEnumerable<KeyValuePair<string, string?>> values, List<SettingError> errors) =>
        SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new DialectCatalog(), errors);
}
