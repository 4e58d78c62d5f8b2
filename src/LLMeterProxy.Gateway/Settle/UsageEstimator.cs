using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>
/// Fills in where a provider said nothing: a cut stream, an answer that never came, a server without usage. Output is
/// delivered text by the ratio learned from this model's reported usage; input is the request by a tokenizer. An estimate is
/// flagged as one and is never below what the provider had already stated (G13).
/// </summary>
internal sealed class UsageEstimator(GatewaySettings settings, ModelStatisticsBook statistics, TimeProvider time)
{
    public UsageEstimate Complete(GatewayContext context, Attempt attempt, UsageReport report)
    {
        if (report is { Usage: { } reported, IsFinal: true } && !attempt.CollectorFailed)
        {
            return report.IsInputMissing
                ? new UsageEstimate(WithInput(context, reported), UsageSource.Partial, "no_input")
                : new UsageEstimate(reported, UsageSource.Reported, null);
        }

        if (report.Usage is null && RequestedMedia.IsMedia(context.Match.Route.Operation))
        {
            return new UsageEstimate(MediaUsage(context, attempt, report), UsageSource.Estimated, Reason(context, attempt));
        }

        var floor = report.Usage ?? TokenUsage.None;
        var input = floor.InputTokens > 0 ? floor : WithInput(context, floor);
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

    private static TokenUsage WithInput(GatewayContext context, TokenUsage floor)
    {
        var input = InputOf(context);
        var usage = floor with
        {
            InputTokens = input.Total,
            UncachedInputTokens = input.Total,
            ImageInputTokens = input.Image,
            AudioInputTokens = input.Audio,
            Units = floor.Units.Count > 0 ? floor.Units : context.Facts.Units,
        };
        var isBilledByTime = input.Seconds > 0 && context.PricedModel?.At(context.StartedAt)?.TryGetRate(UnitNames.Second, out _) is true;
        return isBilledByTime
            ? usage with { InputTokens = input.Text, UncachedInputTokens = input.Text, AudioInputTokens = 0, Units = [.. usage.Units, SecondsOf(input)] }
            : usage;
    }

    private TokenUsage MediaUsage(GatewayContext context, Attempt attempt, UsageReport report) => MediaEstimate.Of(
        context.Match.Route.Operation,
        context.Facts,
        context.PricedModel?.At(attempt.DispatchedAt),
        () => InputOf(context),
        (long)Math.Ceiling(report.OutputTextBytes / statistics.Of(context.PricedModel).OutputBytesPerToken));

    private static EstimatedInput InputOf(GatewayContext context)
    {
        var body = context.Body is { } sent ? sent.Memory.Span : default;
        return InputEstimator.Estimate(body, context.Facts.Model ?? context.Model, context.Match.Route.Operation);
    }

    private static UnitCount SecondsOf(EstimatedInput input) => new(UnitNames.Second, Math.Round((decimal)input.Seconds, 2));

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
}
