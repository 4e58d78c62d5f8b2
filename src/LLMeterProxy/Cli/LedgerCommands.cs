using System.CommandLine;

namespace LLMeterProxy.Cli;

/// <summary><c>migrate</c> and <c>journal ship</c>: they need no server.</summary>
internal static class LedgerCommands
{
    public static Command Migrate(CliSession session)
    {
        var command = new Command("migrate", "Brings the configured ledger's schema up to this program and ends.");
        command.SetAction((parse, cancellationToken) => session.Handlers.Migrate(session.Configuration(parse), session.Output, cancellationToken));
        return command;
    }

    public static Command Journal(CliSession session)
    {
        var directory = new Argument<string>("directory") { Description = "The data directory that a node left behind, or the folder journal in it." };
        var ship = new Command("ship", "Brings a journal that its node left behind into the configured ledger, and charges the calls that were under way.") { directory };
        ship.SetAction((parse, cancellationToken) =>
            session.Handlers.ShipJournal(session.Configuration(parse), parse.GetRequiredValue(directory), session.Output, cancellationToken));
        return new Command("journal", "A node's journal.") { ship };
    }
}
