using System.CommandLine;
using Spectre.Console;

namespace LLMeterProxy.Cli;

/// <summary>The one entry of the program: no verb serves, every other verb is a client of a running server or a tool beside it.</summary>
internal static class CommandLine
{
    private const string DemoVerb = "demo";
    private const string SimulatorVerb = "simulator";

    /// <param name="args">As the process got them. Without a verb, all of them are configuration and go to <see cref="CommandLineHandlers.Serve"/> unchanged.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(string[] args, CommandLineHandlers handlers) =>
        RunAsync(args, handlers, TerminalConsole.Create(), Console.Out, Console.Error, CancellationToken.None);

    internal static async Task<int> RunAsync(
        string[] args, CommandLineHandlers handlers, IAnsiConsole console, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        // The simulator has options of its own, which are neither settings nor ours.
        if (args is [SimulatorVerb, .. var options])
        {
            return await handlers.Simulator(options, cancellationToken);
        }

        var session = new CliSession(console, output, error, handlers);
        var root = Build(session, args);
        var parse = root.Parse(args);
        if (FindStray(parse) is { } stray)
        {
            await error.WriteLineAsync($"'{stray}' is neither a verb nor a setting. Settings are --Section:Key=value; 'llmeter --help' lists the verbs.");
            return ExitCodes.Usage;
        }

        // A parse error would print and return 1, which here means that the server refused.
        var isUsageError = parse.Errors.Count > 0;
        try
        {
            var code = await parse.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = IsServer(parse.CommandResult.Command) ? null : TimeSpan.FromSeconds(2),
                },
                cancellationToken);
            return isUsageError ? ExitCodes.Usage : code;
        }
        catch (CliException refused)
        {
            await error.WriteLineAsync(refused.Message);
            return refused.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    // A server drains for longer than any verb may linger, so its host alone listens to signals (A28).
    private static bool IsServer(Command command) => command is RootCommand or { Name: DemoVerb or SimulatorVerb };

    private static RootCommand Build(CliSession session, string[] args)
    {
        var root = new RootCommand("LLMeterProxy: a metering reverse proxy for LLM APIs. Without a verb it serves; settings are --Section:Key=value.");
        root.Options.Add(session.Url);
        root.Options.Add(session.Token);
        root.SetAction((_, cancellationToken) => session.Handlers.Serve(args, cancellationToken));
        root.Subcommands.Add(Delegated(DemoVerb, "Serves with simulated providers, three tenants and traffic.", session.Handlers.Demo));
        var simulator = Delegated(SimulatorVerb, "Runs the simulated providers alone.", session.Handlers.Simulator);
        simulator.Hidden = true;
        root.Subcommands.Add(simulator);
        root.Subcommands.Add(TenantVerbs.Build(session));
        root.Subcommands.Add(KeyVerbs.Build(session));
        root.Subcommands.Add(BudgetVerbs.Build(session));
        root.Subcommands.Add(UsageVerb.Build(session));
        root.Subcommands.Add(PriceVerbs.Build(session));
        root.Subcommands.Add(CheckVerb.Build(session));
        root.Subcommands.Add(TopVerb.Build(session));
        root.Subcommands.Add(LedgerCommands.Migrate(session));
        root.Subcommands.Add(LedgerCommands.Journal(session));
        root.Subcommands.Add(new Command("token", "The admin token.") { Delegated("reset", "Makes a new admin token and prints it once.", session.Handlers.ResetToken) });
        AllowSettings(root);
        return root;
    }

    private static Command Delegated(string name, string description, Func<string[], CancellationToken, Task<int>> handler)
    {
        var command = new Command(name, description);
        command.SetAction((parse, cancellationToken) => handler([.. parse.UnmatchedTokens], cancellationToken));
        return command;
    }

    // Settings of the server are no options of ours: they pass every verb unparsed and are told from mistakes in FindStray.
    private static void AllowSettings(Command command)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        foreach (var verb in command.Subcommands)
        {
            AllowSettings(verb);
        }
    }

    /// <summary>The first token that is neither ours nor a setting; a setting is <c>--Key=value</c>, or <c>--Section:Key</c> and its value.</summary>
    private static string? FindStray(ParseResult parse)
    {
        for (var i = 0; i < parse.UnmatchedTokens.Count; i++)
        {
            var token = parse.UnmatchedTokens[i];
            if (!token.StartsWith("--", StringComparison.Ordinal))
            {
                return token;
            }

            if (!token.Contains('='))
            {
                if (!token.Contains(':') || i + 1 == parse.UnmatchedTokens.Count)
                {
                    return token;
                }

                i++;
            }
        }

        return null;
    }
}
