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
}
