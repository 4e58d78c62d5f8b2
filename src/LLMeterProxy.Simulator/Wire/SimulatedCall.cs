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
        Served = scenario.Model is { } model ? ServedModel.Resolve(route.Shape, model) with { Name = model } : ServedModel.Resolve(route.Shape, ModelRequested);
        ModelText = JsonText.Escape(Served.Name);
        Stream = IsStream(route, fields.Stream ?? route.Shape == ProviderShape.Ollama);
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

    private static bool IsStream(SimulatedRoute route, bool asked) => route.Operation switch
    {
        SimulatedOperation.StreamGenerate or SimulatedOperation.ConverseStream or SimulatedOperation.InvokeStream => true,
        SimulatedOperation.Chat or SimulatedOperation.Completions or SimulatedOperation.Responses or SimulatedOperation.Messages => asked,
        _ => false,
    };

    private string ServedTier() => Fields.Tier is { } asked && PriceList.HasTier(Served.PriceKey, asked)
        ? asked
        : Route.Shape switch
        {
            ProviderShape.Anthropic or ProviderShape.Gemini or ProviderShape.Mistral or ProviderShape.Bedrock => "standard",
            ProviderShape.Groq => "on_demand",
            _ => "default",
        };

    private string MakeId() => (Route.Shape, Route.Operation) switch
    {
        (ProviderShape.OpenRouter, _) => IdText.Base62($"gen-{At.ToUnixTimeSeconds()}-", IdSeed, 20),
        (ProviderShape.Mistral, _) => IdText.Hex("", IdSeed, 32),
        (ProviderShape.Cohere, _) or (ProviderShape.Bedrock, SimulatedOperation.Converse or SimulatedOperation.ConverseStream) => IdText.Uuid(IdSeed),
        (ProviderShape.Bedrock, _) => IdText.Base62("msg_bdrk_01", IdSeed, 22),
        (_, SimulatedOperation.Chat) => IdText.Base62("chatcmpl-", IdSeed, 29),
        (_, SimulatedOperation.Completions) => IdText.Base62("cmpl-", IdSeed, 29),
        (_, SimulatedOperation.Responses) => IdText.Hex("resp_", IdSeed, 48),
        (ProviderShape.Anthropic, _) => IdText.Base62("msg_01", IdSeed, 22),
        (ProviderShape.Gemini, _) => IdText.Base62("", IdSeed, 23),
        _ => IdText.Hex("sim_", IdSeed, 32),
    };

    private SimulatedUsage MakeUsage(int defaultOutputTokens)
    {
        if (Route.Operation == SimulatedOperation.Rerank)
            return new SimulatedUsage(0, 0, 0, 0, 0, 0, SearchUnits: Math.Max(1, (Fields.Documents + 99) / 100));
        // What Cohere bills it states apart from what its model read, and its cache is a matter of the latter.
        var (cached, write5m, write1h) = Route.Shape == ProviderShape.Cohere
            ? (0, 0, 0)
            : (Scenario.CachedTokens, Scenario.CacheWriteTokens, Scenario.CacheWrite1hTokens);
        var inCache = cached + write5m + write1h;
        var uncached = Math.Max(Scenario.InputTokens ?? Math.Max(1, (Fields.TextBytes + 3) / 4), inCache) - inCache;
        if (Route.Operation is SimulatedOperation.Embeddings or SimulatedOperation.Moderations or SimulatedOperation.CountTokens)
            return new SimulatedUsage(uncached, cached, 0, 0, 0, 0);
        var visible = CallsTool ? ToolCallTokens : Math.Min(defaultOutputTokens, Math.Max(1, Fields.OutputLimit ?? int.MaxValue)) * Choices;
        var output = Math.Max(Scenario.OutputTokens ?? visible + Scenario.ReasoningTokens, Scenario.ReasoningTokens);
        return new SimulatedUsage(uncached, cached, write5m, write1h, output, Scenario.ReasoningTokens);
    }
}
