using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// One call with everything decided: who answers, with how many tokens, at which tier. Unless scripted, the input is a
/// quarter of the text's bytes, rounded up, and the output the default number of tokens for each choice, bounded by the
/// request's limit.
/// </summary>
internal sealed class SimulatedCall
{
    /// <summary>Output tokens of a tool call that is not scripted.</summary>
    private const int ToolCallTokens = 12;

    public SimulatedCall(SimulatedRoute route, RequestFields fields, Scenario scenario, bool hasTrigger, int defaultOutputTokens, ulong idSeed, DateTimeOffset at)
    {
        Route = route;
        Fields = fields;
        Scenario = scenario;
        IdSeed = idSeed;
        At = at;
        ModelRequested = ScenarioText.StripFrom(route.Model ?? fields.Model ?? "");
        Served = scenario.Model is { } model ? ServedModel.Resolve(model) with { Name = model } : ServedModel.Resolve(ModelRequested);
        ModelText = JsonText.Escape(Served.Name);
        Stream = route.Operation == SimulatedOperation.StreamGenerate
            || (fields.Stream && route.Operation is SimulatedOperation.Chat or SimulatedOperation.Completions or SimulatedOperation.Responses or SimulatedOperation.Messages);
        CallsTool = scenario.ToolCall
            || (fields.ToolName is not null && !fields.ToolForbidden && (fields.ToolForced || hasTrigger));
        ToolName = JsonText.Escape(fields.ToolName ?? "lookup");
        Tier = scenario.Tier ?? ServedTier();
        Id = MakeId();
        Usage = MakeUsage(defaultOutputTokens);
        StopsAtLimit = !CallsTool && scenario.OutputTokens is null && fields.OutputLimit < defaultOutputTokens;
    }

    public SimulatedRoute Route { get; }

    public RequestFields Fields { get; }

    public Scenario Scenario { get; }

    public ulong IdSeed { get; }

    public DateTimeOffset At { get; }

    public string ModelRequested { get; }

    public ServedModel Served { get; }

    /// <summary>The served model's name as the inside of a JSON string.</summary>
    public string ModelText { get; }

    public bool Stream { get; }

    public bool CallsTool { get; }

    public string ToolName { get; }

    /// <summary>The tier that the response names.</summary>
    public string Tier { get; }

    public string Id { get; }

    /// <summary>All that the provider means to produce.</summary>
    public SimulatedUsage Usage { get; }

    /// <summary>Whether the request's limit ends the answer.</summary>
    public bool StopsAtLimit { get; }

    public bool StatesUsage => !Scenario.NoUsage;

    public int Choices => Fields.Choices;

    /// <summary>Exact price of all that the provider means to produce, in nano-USD; 0 where the model has no price.</summary>
    public decimal ExactNanoUsd => PriceList.NanoUsd(Served.PriceKey, Tier, Usage) ?? 0;

    /// <summary>Visible tokens of one choice; the first takes the remainder.</summary>
    public int VisibleOf(int choice)
    {
        var (each, rest) = Math.DivRem(Usage.Visible, Choices);
        return (int)(choice == 0 ? each + rest : each);
    }

    /// <summary>Writes a choice's whole text as the inside of a JSON string.</summary>
    public void WriteText(BodyWriter writer, int choice)
    {
        var count = VisibleOf(choice);
        PseudoText.Write(writer, 0, count, count, Fields.JsonAnswer);
        if (choice == 0)
            writer.Fill((byte)'x', Scenario.BigBodyBytes + Scenario.HugeLineBytes);
    }

    private string ServedTier() => Fields.Tier is { } asked && PriceList.HasTier(Served.PriceKey, asked)
        ? asked
        : Route.Shape is ProviderShape.Anthropic or ProviderShape.Gemini ? "standard" : "default";

    private string MakeId() => (Route.Shape, Route.Operation) switch
    {
        (ProviderShape.OpenRouter, _) => IdText.Base62($"gen-{At.ToUnixTimeSeconds()}-", IdSeed, 20),
        (_, SimulatedOperation.Chat) => IdText.Base62("chatcmpl-", IdSeed, 29),
        (_, SimulatedOperation.Completions) => IdText.Base62("cmpl-", IdSeed, 29),
        (_, SimulatedOperation.Responses) => IdText.Hex("resp_", IdSeed, 48),
        (ProviderShape.Anthropic, _) => IdText.Base62("msg_01", IdSeed, 22),
        (ProviderShape.Gemini, _) => IdText.Base62("", IdSeed, 23),
        _ => IdText.Hex("sim_", IdSeed, 32),
    };

    private SimulatedUsage MakeUsage(int defaultOutputTokens)
    {
        var inCache = Scenario.CachedTokens + Scenario.CacheWriteTokens + Scenario.CacheWrite1hTokens;
        var input = Math.Max(Scenario.InputTokens ?? Math.Max(1, (Fields.TextBytes + 3) / 4), inCache);
        var uncached = input - inCache;
        if (Route.Operation is SimulatedOperation.Embeddings or SimulatedOperation.Moderations or SimulatedOperation.CountTokens)
            return new SimulatedUsage(uncached, Scenario.CachedTokens, 0, 0, 0, 0);
        var visible = CallsTool ? ToolCallTokens : Math.Min(defaultOutputTokens, Math.Max(1, Fields.OutputLimit ?? int.MaxValue)) * Choices;
        var output = Math.Max(Scenario.OutputTokens ?? visible + Scenario.ReasoningTokens, Scenario.ReasoningTokens);
        return new SimulatedUsage(uncached, Scenario.CachedTokens, Scenario.CacheWriteTokens, Scenario.CacheWrite1hTokens, output, Scenario.ReasoningTokens);
    }
}
