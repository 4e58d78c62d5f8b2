using System.Globalization;

namespace LLMeterProxy.Options;

/// <summary>Reads values of one configuration section and collects what is wrong with them, so that one start shows every error.</summary>
internal sealed class SettingsSection(IConfigurationSection section, List<SettingError> errors)
{
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SettingsSection> _children = new(StringComparer.OrdinalIgnoreCase);

    public string Path => section.Path;

    public List<SettingError> Errors => errors;

    public SettingsSection Child(string name)
    {
        _read.Add(name);
        if (!_children.TryGetValue(name, out var child))
        {
            child = new SettingsSection(section.GetSection(name), errors);
            _children.Add(name, child);
        }

        return child;
    }

    public IEnumerable<string> ChildNames() => section.GetChildren().Select(c => c.Key);

    public string? Text(string name)
    {
        _read.Add(name);
        return section[name] is { Length: > 0 } text ? text : null;
    }

    /// <summary>A list given as <c>Name:0</c>, <c>Name:1</c>, … or as one comma-separated value.</summary>
    public IReadOnlyList<string> List(string name)
    {
        _read.Add(name);
        var child = section.GetSection(name);
        return child.Value is { Length: > 0 } joined
            ? joined.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [.. child.GetChildren().Select(c => c.Value).Where(v => !string.IsNullOrEmpty(v)).Select(v => v!)];
    }

    /// <summary>Names with a text each: <c>Name:key = value</c>.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        _read.Add(name);
        return section.GetSection(name).GetChildren()
            .Where(c => !string.IsNullOrEmpty(c.Value))
            .ToDictionary(c => c.Key, c => c.Value!, StringComparer.Ordinal);
    }

    public bool Flag(string name, bool otherwise) => Parse(name, otherwise, bool.TryParse, "is not true or false.", "Write true or false.");

    public long Number(string name, long otherwise, long min, long max)
    {
        var value = Parse<long>(
            name,
            otherwise,
            (string? text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number),
            "is not a whole number.",
            $"Write a number from {min} to {max}.");
        if (value < min || value > max)
        {
            Fail(name, Text(name), $"is outside {min} to {max}.", $"Write a number from {min} to {max}.");
            return otherwise;
        }

        return value;
    }

    /// <summary><c>hh:mm:ss</c> or whole seconds.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan min, TimeSpan max)
    {
        var value = Parse(name, otherwise, TryDuration, "is not a duration.", "Write hh:mm:ss, or whole seconds.");
        if (value < min || value > max)
        {
            Fail(name, Text(name), $"is outside {min} to {max}.", $"Write a duration from {min} to {max}.");
            return otherwise;
        }

        return value;
    }

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum =>
        Parse(
            name,
            otherwise,
            (string? text, out T value) => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text![0]),
            "is not one of the choices.",
            $"Write one of {string.Join(", ", Enum.GetNames<T>())}.");

    public void Fail(string name, string? value, string problem, string fix) => errors.Add(new SettingError($"{Path}:{name}", value, problem, fix));

    /// <summary>A key that nobody read, here or below, is a misspelt one, and a misspelt cap is no cap.</summary>
    public void RefuseUnknown()
    {
        foreach (var child in section.GetChildren())
        {
            if (!_read.Contains(child.Key))
            {
                errors.Add(new SettingError(child.Path, null, "is not a setting.", $"Known here: {string.Join(", ", _read.Order(StringComparer.Ordinal))}."));
            }
        }

        foreach (var child in _children.Values)
        {
            child.RefuseUnknown();
        }
    }

    private static bool TryDuration(string? text, out TimeSpan value)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 1_000_000)
        {
            value = TimeSpan.FromSeconds(seconds);
            return true;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    private T Parse<T>(string name, T otherwise, TryParse<T> parse, string problem, string fix)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        Fail(name, text, problem, fix);
        return otherwise;
    }

    private delegate bool TryParse<T>(string? text, out T value);
}
