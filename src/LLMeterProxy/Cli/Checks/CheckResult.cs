namespace LLMeterProxy.Cli.Checks;

/// <param name="Text">One line; what to do where it is not good. Never a secret.</param>
internal sealed record CheckResult(Verdict Verdict, string Text);
