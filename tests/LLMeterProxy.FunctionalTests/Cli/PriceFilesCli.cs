using LLMeterProxy.Cli;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace LLMeterProxy.FunctionalTests.Cli;

/// <summary>Runs price verbs in a directory of its own, with no server to be found.</summary>
internal sealed class PriceFilesCli : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("llmeter-prices-");

    public string Override => Path.Combine(_directory.FullName, "override.json");

    public Dictionary<string, string?> Settings { get; } = new()
    {
        // Nothing listens on the discard port of loopback.
        ["LLMETER_URL"] = "http://127.0.0.1:9",
    };

    public string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        var handlers = new CommandLineHandlers
        {
            Serve = (_, _) => Task.FromResult(0),
            Demo = (_, _) => Task.FromResult(0),
            Simulator = (_, _) => Task.FromResult(0),
            ResetToken = (_, _) => Task.FromResult(0),
            Configure = _ => new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(),
        };
        var code = await CommandLine.RunAsync(["prices", .. args], handlers, console, output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
