namespace LLMeterProxy.Benchmarks;

/// <summary>One round of one target.</summary>
/// <param name="CpuMicros">CPU microseconds a request.</param>
/// <param name="PerSecond">Requests a second, with everything on one machine: for orientation only.</param>
internal readonly record struct Measurement(double CpuMicros, double PerSecond);
