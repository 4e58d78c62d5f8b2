namespace LLMeterProxy.Cli.Checks;

internal enum Verdict
{
    Good,

    /// <summary>Something to know, nothing to do.</summary>
    Note,
    Warning,
    Failed,
}
