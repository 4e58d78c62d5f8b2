using System.Text;
using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;
using Microsoft.ML.Tokenizers;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>
/// Fills in where a provider said nothing: a cut stream, an answer that never came, a server without usage. Output is
/// delivered text by the ratio learned from this model's reported usage; input is the request by a tokenizer. An estimate is
/// flagged as one and is never below what the provider had already stated (G13).
/// </summary>
internal sealed class UsageEstimator(GatewaySettings settings, ModelStatisticsBook statistics, TimeProvider time)
{
    /// <summary>Tokenising more would cost more than the estimate is worth; the rest is taken at the same ratio.</summary>
    private const int MaxTokenizedCharacters = 200_000;

    // Built at the first estimate: its vocabulary is megabytes that most processes never need.
    private static readonly Lazy<Tokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public UsageEstimate Complete(GatewayContext context, Attempt attempt, UsageReport report)
    {
        if (report is { Usage: { } reported, IsFinal: true } && !attempt.CollectorFailed)
        {
            return report.IsInputMissing
                ? new UsageEstimate(WithInput(reported, EstimateInput(context)), UsageSource.Partial, "no_input")
                : new UsageEstimate(reported, UsageSource.Reported, null);
        }

        if (report.Usage is null && MediaTokens.IsMedia(context.Match.Route.Operation))
        {
            return new UsageEstimate(EstimateMedia(context, attempt, report), UsageSource.Estimated, Reason(context, attempt));
        }

        // What the request alone tells is billed whatever the answer was (a search by call).
        var floor = report.Usage ?? TokenUsage.None with { Units = context.Facts.Units };
        var input = floor.InputTokens > 0 ? floor : WithInput(floor, EstimateInput(context));
        var output = Math.Max(floor.OutputTokens, EstimateOutput(context, attempt, report));
        return new UsageEstimate(
            input with { OutputTokens = output },
            report.Usage is null ? UsageSource.Estimated : UsageSource.Partial,
            Reason(context, attempt));
    }

    private static string Reason(GatewayContext context, Attempt attempt) =>
        attempt.Status == 0 ? "no_response"
        : attempt.CollectorFailed ? "unreadable"
        : context.Disconnect is { ClientGone: true } ? "client_aborted"
        : attempt.EndedEarly ? "truncated"
        : "no_usage";

    private static TokenUsage WithInput(TokenUsage usage, long tokens) => usage with { InputTokens = tokens, UncachedInputTokens = tokens };

    private TokenUsage EstimateMedia(GatewayContext context, Attempt attempt, UsageReport report) => MediaEstimate.Of(
        context.Match.Route.Operation,
        context.Facts,
        context.PricedModel?.At(attempt.DispatchedAt),
        () => EstimateInput(context),
        (long)Math.Ceiling(report.OutputTextBytes / statistics.Of(context.PricedModel).OutputBytesPerToken));

    private long EstimateOutput(GatewayContext context, Attempt attempt, UsageReport report)
    {
        if (context.Match.Route.Operation is Operations.Embeddings || attempt.Status is 0)
        {
            return 0;
        }

        var bytes = attempt.CollectorFailed ? attempt.ReceivedBytes : report.OutputTextBytes;
        var delivered = bytes / statistics.Of(context.PricedModel).OutputBytesPerToken;
        if (context.Disconnect is { ClientGone: true, FinishedBeforeGone: false } && attempt.FirstByteTimestamp != 0)
        {
            // Providers stop billing shortly after an abort, not at it.
            var seconds = Math.Max(0.05, time.GetElapsedTime(attempt.FirstByteTimestamp).TotalSeconds);
            delivered += delivered / seconds * Math.Min(settings.AbortMargin.TotalSeconds, seconds);
        }

        var ceiling = context.Facts.MaxOutputTokens is { } limit ? limit * Math.Max(1, context.Facts.Choices) : long.MaxValue;
        return Math.Min((long)Math.Ceiling(delivered), ceiling);
    }

    /// <summary>Tokens of all text in the request body; inline media is left out, its bytes are not text.</summary>
    private static long EstimateInput(GatewayContext context)
    {
        if (context.Body is not { Length: > 0 } body)
        {
            return 0;
        }

        var text = new StringBuilder();
        long skipped = 0;
        try
        {
            var reader = new Utf8JsonReader(body.Memory.Span, new JsonReaderOptions { MaxDepth = 256 });
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.StartsWith("data:"u8))
                {
                    continue;
                }

                if (text.Length < MaxTokenizedCharacters)
                {
                    text.Append(reader.GetString()).Append('\n');
                }
                else
                {
                    skipped += reader.ValueSpan.Length;
                }
            }
        }
        catch (JsonException)
        {
            return body.Length / 4;
        }

        var tokens = _tokenizer.Value.CountTokens(text.ToString());
        return skipped == 0 ? tokens : (long)(tokens * (1 + ((double)skipped / text.Length)));
    }
}
