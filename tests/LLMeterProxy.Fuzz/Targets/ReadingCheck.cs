using System.Text;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Fuzz.Reference;

namespace LLMeterProxy.Fuzz.Targets;

/// <summary>Holds a collector to the reference, with the body split anyhow.</summary>
internal static class ReadingCheck
{
    public static readonly DialectCatalog Dialects = new();

    public static IUsageCollector Collector(string kind, string path, string? contentType)
    {
        var dialect = Dialects.Find(kind)!;
        return dialect.CreateCollector(dialect.Match("POST", path, "").Match!, RequestFacts.Empty, new ResponseHead(contentType));
    }

    public static string? Compare(Random random, IUsageCollector collector, byte[] body, Reading expected)
    {
        var played = Played.Of(collector, body, Played.Cuts(random, body.Length));
        var report = played.Report;
        var usage = report.Usage;
        var problem = played.Problem
            ?? (played.Client.AsSpan().SequenceEqual(body) ? null : "the client's bytes differ")
            ?? Differ("usage", expected.HasUsage, usage is not null)
            ?? Differ("usage_invalid", expected.IsInvalid, report.Flags.Contains(UsageFlags.UsageInvalid))
            ?? Differ("model", expected.Model, report.Model)
            ?? Differ("finish", expected.FinishSeen, report.FinishSeen);
        if (problem is null && usage is not null)
        {
            problem = Differ("input", expected.Input, usage.InputTokens)
                ?? Differ("uncached", expected.Uncached, usage.UncachedInputTokens)
                ?? Differ("cache read", expected.CacheRead, usage.CacheReadTokens)
                ?? Differ("cache write 5m", expected.CacheWrite5m, usage.CacheWrite5mTokens)
                ?? Differ("cache write 1h", expected.CacheWrite1h, usage.CacheWrite1hTokens)
                ?? Differ("output", expected.Output, usage.OutputTokens)
                ?? Differ("reasoning", expected.Reasoning, usage.ReasoningTokens);
        }

        return problem is null ? null : problem + "\n" + Encoding.UTF8.GetString(body);
    }

    private static string? Differ<T>(string name, T expected, T actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual) ? null : $"{name}: expected {expected}, read {actual}";
}
