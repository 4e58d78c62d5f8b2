using LLMeterProxy.Cli;
using LLMeterProxy.Features;
using LLMeterProxy.Simulator;

return await CommandLine.RunAsync(args, new CommandLineHandlers
{
    Serve = Server.RunAsync,
    Demo = Demo.RunAsync,
    Simulator = SimulatorProgram.RunAsync,
    ResetToken = TokenReset.RunAsync,
    Migrate = LedgerVerbs.MigrateAsync,
    ShipJournal = LedgerVerbs.ShipJournalAsync,
    Checks = LocalChecks.For,
});
