namespace LLMeterProxy.LoadTests.PowerLoss;

/// <summary>One call of the traced run and how its end looks on the wire.</summary>
/// <param name="UpstreamEnd">What the last read from the provider holds, as strace prints it.</param>
/// <param name="ClientEnd">What the write of the terminal bytes holds, as strace prints it.</param>
internal sealed record TracedCall(string Name, string UpstreamEnd, string ClientEnd);
