namespace LLMeterProxy.FunctionalTests.Metrics;

/// <summary>One line of a scrape.</summary>
internal sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
