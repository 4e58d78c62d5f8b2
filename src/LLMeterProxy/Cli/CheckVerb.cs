using System.CommandLine;
using LLMeterProxy.Cli.Checks;
using Spectre.Console;

namespace LLMeterProxy.Cli;

/// <summary><c>check</c>: what an operator would look at first, in one list. Fails where any check fails; a warning does not.</summary>
internal static class CheckVerb
{
    public static Command Build(CliSession session)
    {
        var command = new Command("check", "Checks the server, the providers' keys, prices, clock, disk, and where each setting comes from.");
        command.SetAction(async (parse, cancellationToken) =>
        {
            var configuration = session.Configuration(parse);
            using var client = session.Connect(parse);
            var failed = false;
            foreach (var check in (IReadOnlyList<ICheck>)
            [
                new ServerCheck(client, TimeProvider.System),
                new UnpricedModelsCheck(client),
                new DiskCheck(configuration),
                .. session.Handlers.Checks(configuration),
                new SettingsCheck(configuration),
            ])
            {
                var results = await RunAsync(check, cancellationToken);
                failed |= results.Any(r => r.Verdict == Verdict.Failed);
                foreach (var result in results)
                {
                    // Plain text: markup would make a sign of ':gemini:' in a setting's name.
                    session.Console.Markup(Mark(result.Verdict));
                    session.Console.WriteLine($" {check.Name}: {result.Text}");
                }
            }

            return failed ? ExitCodes.Failed : ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(ICheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.RunAsync(cancellationToken);
        }
        catch (CliException refused)
        {
            return [new CheckResult(Verdict.Failed, refused.Message)];
        }
    }

    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Good => "[green]ok  [/]",
        Verdict.Note => "[grey]note[/]",
        Verdict.Warning => "[yellow]warn[/]",
        _ => "[red]FAIL[/]",
    };
}
