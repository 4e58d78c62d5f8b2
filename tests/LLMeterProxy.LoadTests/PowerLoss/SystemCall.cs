namespace LLMeterProxy.LoadTests.PowerLoss;

/// <summary>One system call of a trace.</summary>
/// <param name="Text">As strace prints it, the descriptor with what it stands for.</param>
/// <param name="Begin">Line of the trace at which it was entered.</param>
/// <param name="End">Line at which it had returned; the same where nothing else was seen in between.</param>
internal sealed record SystemCall(string Name, string Text, int Begin, int End);
