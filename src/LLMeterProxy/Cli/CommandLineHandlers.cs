using LLMeterProxy.Cli.Checks;

namespace LLMeterProxy.Cli;

/// <summary>What the host does for the verbs that are not calls of the admin API. Each gets the arguments that configure it and returns the exit code.</summary>
internal sealed record CommandLineHandlers
{
    /// <summary>No verb: run the server.</summary>
    public required Func<string[], CancellationToken, Task<int>> Serve { get; init; }

    /// <summary><c>demo</c></summary>
    public required Func<string[], CancellationToken, Task<int>> Demo { get; init; }

    /// <summary><c>simulator</c></summary>
    public required Func<string[], CancellationToken, Task<int>> Simulator { get; init; }

    /// <summary><c>token reset</c></summary>
    public required Func<string[], CancellationToken, Task<int>> ResetToken { get; init; }

    /// <summary><c>migrate</c>, with the server's configuration and where to write.</summary>
    public Func<IConfigurationRoot, TextWriter, CancellationToken, Task<int>> Migrate { get; init; } = (_, _, _) => Task.FromResult(ExitCodes.Failed);

    /// <summary><c>journal ship</c>, as <see cref="Migrate"/>, and the directory.</summary>
    public Func<IConfigurationRoot, string, TextWriter, CancellationToken, Task<int>> ShipJournal { get; init; } = (_, _, _, _) => Task.FromResult(ExitCodes.Failed);

    /// <summary>The configuration that a server started with these arguments would have.</summary>
    public Func<string[], IConfigurationRoot> Configure { get; init; } = CliConfiguration.Load;

    /// <summary>The checks of <c>check</c> beside those that ask the server.</summary>
    public Func<IConfigurationRoot, IReadOnlyList<ICheck>> Checks { get; init; } = _ => [];
}
