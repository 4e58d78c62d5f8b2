using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// Sizes the hold of a call. Strict: a true upper bound from the body's bytes, the output limit and the dearest rates the
/// call can reach; what cannot be bounded is refused. Standard: what such calls have cost, never 0 (G2, G5).
/// </summary>
internal sealed class HoldEstimator(GatewaySettings settings, ModelStatisticsBook statistics)
{
    /// <summary>What a standard hold allows for where a tool names no bound of its own.</summary>
    private const int ExpectedToolCalls = 2;

    public Problem? Estimate(GatewayContext context, bool strict, out HoldEstimate estimate)
    {
        var facts = context.Facts;
        var model = context.PricedModel;
        estimate = default;
        if (facts.Choices > settings.MaxChoices)
        {
            return new Problem(ProblemCode.InvalidValue, $"At most {settings.MaxChoices} choices are accepted in one call.", "n");
        }

        if (strict && CheckBounded(facts) is { } unbounded)
        {
            return unbounded;
        }

        var rates = model?.At(context.StartedAt);
        var bodyBytes = context.Body?.Length ?? 0;
        var learned = statistics.Of(model);
        var window = model?.Limits.ContextWindow;
        var inputTokens = strict
            ? Math.Min(bodyBytes, window ?? long.MaxValue)
            : Math.Min(ExpectedInput(context, bodyBytes, learned), window ?? long.MaxValue);
        if (OutputTokens(context, rates, learned, strict) is not { } outputTokens)
        {
            return new Problem(
                ProblemCode.FeatureNotAllowed,
                "A strict budget applies and the model's output limit is not known: set an output limit in the request.",
                "max_tokens");
        }

        // Anthropic's fast mode is a factor on the price of a tier, not a tier of its own.
        var isFast = facts.ServiceTier == "fast";
        var input = new HoldInput
        {
            InputTokens = inputTokens,
            OutputTokens = outputTokens,
            Choices = Math.Max(1, facts.Choices),
            ServiceTier = isFast ? null : facts.ServiceTier,
            Speed = isFast ? "fast" : "standard",
            Units = facts.Units,
            ToolCalls = facts.ServerTool is null ? 0 : facts.ServerToolCalls ?? ExpectedToolCalls,
        };
        estimate = new HoldEstimate(HoldEstimate.Price(rates, input, strict), input, rates, strict);
        return null;
    }

    private static Problem? CheckBounded(RequestFacts facts)
    {
        if (facts.HiddenInput is { } field)
        {
            return new Problem(
                ProblemCode.FeatureNotAllowed,
                $"A strict budget applies, and '{field}' refers to input whose size cannot be bounded before the call.",
                field);
        }

        return facts.ServerTool is { } tool && facts.ServerToolCalls is null
            ? new Problem(
                ProblemCode.FeatureNotAllowed,
                $"A strict budget applies, and the calls of the tool '{tool}' are not bounded: set max_tool_calls or max_uses.",
                "tools")
            : null;
    }

    /// <summary>The text of the body by what was learned, and the files in it by what they are.</summary>
    private static long ExpectedInput(GatewayContext context, long bodyBytes, ModelStatistics learned)
    {
        var facts = context.Facts;
        for (var i = 0; i < facts.Uploads.Count; i++)
        {
            bodyBytes -= facts.Uploads[i].Length;
        }

        var text = (long)Math.Ceiling(bodyBytes / learned.InputBytesPerToken);
        return facts.Uploads.Count == 0 ? text : text + RequestedMedia.OfUploads(context.Match.Route.Operation, facts);
    }

    /// <summary>Per choice; null where a bound is needed and there is none.</summary>
    private long? OutputTokens(GatewayContext context, RateCard? rates, ModelStatistics learned, bool strict)
    {
        var operation = context.Match.Route.Operation;
        if (operation is Operations.Embeddings or Operations.Moderations or Operations.Rerank or Operations.Ocr or Operations.Search
            || (rates is not null && !RequestedMedia.HasOutputRate(rates)))
        {
            return 0;
        }

        var limits = context.PricedModel?.Limits;
        var ceiling = limits?.MaxOutputTokens ?? limits?.ContextWindow;
        if (context.Facts.MaxOutputTokens is { } asked)
        {
            // A hostile limit is held at what the model can produce, not at what the client wrote (A6).
            return Math.Min(asked, ceiling ?? asked);
        }

        return strict ? ceiling : Math.Min(learned.OutputP95 ?? RequestedMedia.OfOutput(operation, context.Facts) ?? settings.DefaultOutputTokens, ceiling ?? long.MaxValue);
    }
}
