using System.Globalization;

namespace LLMeterProxy.LoadTests;

/// <summary><c>--name value</c> pairs of a command line.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="FormatException">A name without its value, or one that is not among those allowed.</exception>
    public Arguments(string[] args, params string[] allowed)
    {
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!allowed.Contains(args[i]) || i + 1 == args.Length)
            {
                throw new FormatException($"{args[i]} is not known, or has no value.");
            }

            _values[args[i]] = args[i + 1];
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new FormatException($"{name} is missing.");

    public int Number(string name, int otherwise) =>
        Text(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
