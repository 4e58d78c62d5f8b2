namespace LLMeterProxy.Cli.Checks;

/// <summary>One question of <c>check</c>.</summary>
internal interface ICheck
{
    string Name { get; }

    /// <summary>Never throws for what it looks for; a <see cref="CliException"/> counts as failed.</summary>
    Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken);
}
