using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace LLMeterProxy.Cli;

/// <summary>What one run of a verb works with: where to write, which settings hold, how to reach the server.</summary>
internal sealed class CliSession(IAnsiConsole console, TextWriter output, TextWriter error, CommandLineHandlers handlers)
{
    /// <summary>The server's control listener.</summary>
    public Option<string?> Url { get; } = new("--url") { Description = "The server's control listener. Default: LLMETER_URL, then LLMeter:Listen:Control.", Recursive = true };

    public Option<string?> Token { get; } = new("--token") { Description = "The admin token. Default: LLMETER_ADMIN_TOKEN, then the data directory's file admin-token.", Recursive = true };

    public IAnsiConsole Console => console;

    /// <summary>For what scripts read: unwrapped and without colour.</summary>
    public TextWriter Output => output;

    public TextWriter Error => error;

    public CommandLineHandlers Handlers => handlers;

    public static Option<bool> JsonOption() => new("--json") { Description = "JSON, as the admin API has it." };

    public IConfigurationRoot Configuration(ParseResult parse) => handlers.Configure([.. parse.UnmatchedTokens]);

    public Uri ServerUrl(ParseResult parse, IConfiguration configuration)
    {
        var text = parse.GetValue(Url)
            ?? configuration["LLMETER_URL"]
            ?? CliConfiguration.Connectable(configuration["LLMeter:Listen:Control"] ?? CliConfiguration.DefaultControl);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new CliException(ExitCodes.Usage, $"'{text}' is no http address of a control listener.");
    }

    /// <param name="timeout">How long an answer may take; null for the usual 30 s.</param>
    public AdminClient Connect(ParseResult parse, TimeSpan? timeout = null)
    {
        var configuration = Configuration(parse);
        var token = parse.GetValue(Token) ?? configuration["LLMETER_ADMIN_TOKEN"] ?? ReadTokenFile(configuration);
        return new AdminClient(ServerUrl(parse, configuration), token?.Trim(), timeout);
    }

    public void WriteJson<T>(T value, JsonTypeInfo<T> shape) => output.WriteLine(JsonSerializer.Serialize(value, shape));

    /// <summary>Writes a table with one row for each item.</summary>
    public void WriteTable<T>(IReadOnlyList<T> items, params ReadOnlySpan<(string Title, Func<T, string?> Value)> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        var values = new List<Func<T, string?>>();
        foreach (var (title, value) in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(title)).NoWrap());
            values.Add(value);
        }

        foreach (var item in items)
        {
            table.AddRow(values.Select(v => new Text(v(item) ?? "")));
        }

        console.Write(TerminalConsole.Unsqueezed(table));
    }

    private static string? ReadTokenFile(IConfiguration configuration)
    {
        var file = Path.Combine(configuration["LLMeter:DataDirectory"] ?? "llmeter-data", "admin-token");
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's server: without a token the answer will say what to do.
            return null;
        }
    }
}
