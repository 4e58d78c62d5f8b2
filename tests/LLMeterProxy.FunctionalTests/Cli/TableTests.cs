using LLMeterProxy.Cli;
using Spectre.Console;

namespace LLMeterProxy.FunctionalTests.Cli;

public sealed class TableTests
{
    [Fact]
    public void A_narrow_terminal_cuts_no_value_of_a_table()
    {
        const string id = "key_019ab5c85c007a3e9f525d1c2b7a4401";
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 20;
        console.Write(TerminalConsole.Unsqueezed(new Table().AddColumns("id", "name", "expires").AddRow(id, "the nightly ingest", "2027-01-01 00:00:00Z")));

        var row = Assert.Single(output.ToString().Split('\n'), line => line.Contains(id));
        Assert.Contains("the nightly ingest", row);
        Assert.Contains("2027-01-01 00:00:00Z", row);
    }

    [Fact]
    public void Values_are_text_and_neither_markup_nor_signs()
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        var session = new CliSession(console, output, output, Handlers());
        session.WriteTable(["LLMeter:Providers:gemini:BaseUrl [red]x[/]"], ("setting", s => s));
        Assert.Contains("LLMeter:Providers:gemini:BaseUrl [red]x[/]", output.ToString());
    }

    private static CommandLineHandlers Handlers() => new()
    {
        Serve = (_, _) => Task.FromResult(0),
        Demo = (_, _) => Task.FromResult(0),
        Simulator = (_, _) => Task.FromResult(0),
        ResetToken = (_, _) => Task.FromResult(0),
    };
}
