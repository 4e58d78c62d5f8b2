namespace LLMeterProxy.Simulator.Demo;

/// <summary>How far one tenant of the demo has come.</summary>
/// <param name="Tenant">Id of the tenant.</param>
/// <param name="Answered">Calls that were answered with success.</param>
/// <param name="Failed">Calls that were not, refusals included.</param>
/// <param name="LastStatus">HTTP status of the latest call, 0 where there was none.</param>
/// <param name="Note">What happened, in a sentence.</param>
/// <param name="IsFinished">Whether the tenant sends nothing more.</param>
public sealed record DemoProgress(string Tenant, int Answered, int Failed, int LastStatus, string Note, bool IsFinished);
