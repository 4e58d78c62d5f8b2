namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// Finds shape and operation of a path. The end of the path says what is asked for, so that one simulator can stand behind
/// any number of provider names (<c>/acme/v1/chat/completions</c>, <c>/other/openai/v1/chat/completions</c>). Where
/// providers share a path, a first segment that names one of them decides (<c>/groq/openai/v1/chat/completions</c>).
/// </summary>
/// <param name="Shape">Whose API it is.</param>
/// <param name="Operation">What is asked for.</param>
/// <param name="Model">Model or deployment that the path names, or null.</param>
public readonly record struct SimulatedRoute(ProviderShape Shape, SimulatedOperation Operation, string? Model)
{
    private static readonly (string Ending, ProviderShape? Shape, SimulatedOperation Operation)[] _posts =
    [
        ("/chat/completions", null, SimulatedOperation.Chat),
        ("/messages", ProviderShape.Anthropic, SimulatedOperation.Messages),
        ("/responses", null, SimulatedOperation.Responses),
        ("/embeddings", null, SimulatedOperation.Embeddings),
        ("/completions", null, SimulatedOperation.Completions),
        ("/moderations", null, SimulatedOperation.Moderations),
        ("/messages/count_tokens", ProviderShape.Anthropic, SimulatedOperation.CountTokens),
        ("/responses/input_tokens", null, SimulatedOperation.CountTokens),
        ("/v2/chat", ProviderShape.Cohere, SimulatedOperation.Chat),
        ("/v2/embed", ProviderShape.Cohere, SimulatedOperation.Embeddings),
        ("/v2/rerank", ProviderShape.Cohere, SimulatedOperation.Rerank),
        ("/api/chat", ProviderShape.Ollama, SimulatedOperation.Chat),
        ("/api/generate", ProviderShape.Ollama, SimulatedOperation.Completions),
        ("/api/embed", ProviderShape.Ollama, SimulatedOperation.Embeddings),
    ];

    /// <summary>Whether the provider bills the operation.</summary>
    public bool IsMetered => Operation is SimulatedOperation.Chat or SimulatedOperation.Completions or SimulatedOperation.Responses
        or SimulatedOperation.Embeddings or SimulatedOperation.Messages or SimulatedOperation.Generate or SimulatedOperation.StreamGenerate
        or SimulatedOperation.Converse or SimulatedOperation.ConverseStream or SimulatedOperation.Invoke or SimulatedOperation.InvokeStream
        or SimulatedOperation.Rerank;

    /// <summary>Matches a decoded path. <paramref name="anthropicHeaders"/>: whether the call carries Anthropic's version header,
    /// which is all that tells its model list from OpenAI's.</summary>
    public static SimulatedRoute Match(string method, string path, bool anthropicHeaders)
    {
        var shared = SharedShape(path);
        if (method == "POST")
        {
            foreach (var (ending, shape, operation) in _posts)
            {
                if (path.EndsWith(ending, StringComparison.Ordinal))
                    return new(shape ?? shared, operation, After(path, "/deployments/"));
            }

            if (path.Contains("/model/", StringComparison.Ordinal))
                return Bedrock(path);
        }

        if (method is "GET" or "HEAD" && path.EndsWith("/api/tags", StringComparison.Ordinal))
            return new(ProviderShape.Ollama, SimulatedOperation.Models, null);
        var models = path.LastIndexOf("/models", StringComparison.Ordinal);
        return models < 0
            ? new(shared, SimulatedOperation.Unknown, null)
            : Models(method, path, path[(models + "/models".Length)..], anthropicHeaders ? ProviderShape.Anthropic : shared);
    }

    private static SimulatedRoute Models(string method, string path, string rest, ProviderShape shape)
    {
        var colon = rest.LastIndexOf(':');
        if (method == "POST" && colon > 1)
        {
            var operation = rest[(colon + 1)..] switch
            {
                "generateContent" => SimulatedOperation.Generate,
                "streamGenerateContent" => SimulatedOperation.StreamGenerate,
                "countTokens" => SimulatedOperation.CountTokens,
                _ => SimulatedOperation.Unknown,
            };
            return new(ProviderShape.Gemini, operation, rest[1..colon]);
        }

        if (method is not ("GET" or "HEAD"))
            return new(shape, SimulatedOperation.Unknown, null);
        if (path.Contains("/v1beta/models", StringComparison.Ordinal))
            shape = ProviderShape.Gemini;
        return rest.Length > 1
            ? new(shape, SimulatedOperation.Model, rest[1..])
            : new(shape, SimulatedOperation.Models, null);
    }

    // A slash in the name of a profile stays encoded in a decoded path.
    private static SimulatedRoute Bedrock(string path)
    {
        var operation = path[(path.LastIndexOf('/') + 1)..] switch
        {
            "converse" => SimulatedOperation.Converse,
            "converse-stream" => SimulatedOperation.ConverseStream,
            "invoke" => SimulatedOperation.Invoke,
            "invoke-with-response-stream" => SimulatedOperation.InvokeStream,
            "count-tokens" => SimulatedOperation.CountTokens,
            _ => SimulatedOperation.Unknown,
        };
        return new(ProviderShape.Bedrock, operation, Uri.UnescapeDataString(After(path, "/model/") ?? ""));
    }

    private static ProviderShape SharedShape(string path)
    {
        var end = path.IndexOf('/', Math.Min(1, path.Length));
        var name = end < 0 ? "" : path[1..end];
        return name switch
        {
            "azure" => ProviderShape.Azure,
            "mistral" => ProviderShape.Mistral,
            "groq" => ProviderShape.Groq,
            "xai" => ProviderShape.XAi,
            "deepseek" => ProviderShape.DeepSeek,
            "perplexity" => ProviderShape.Perplexity,
            "cohere" => ProviderShape.Cohere,
            "ollama" => ProviderShape.Ollama,
            "bedrock" => ProviderShape.Bedrock,
            _ when path.Contains("/deployments/", StringComparison.Ordinal) => ProviderShape.Azure,
            _ when path.Contains("/api/v1/", StringComparison.Ordinal) => ProviderShape.OpenRouter,
            _ => ProviderShape.OpenAI,
        };
    }

    /// <summary>The segment after a marker, or null.</summary>
    private static string? After(string path, string marker)
    {
        var start = path.IndexOf(marker, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += marker.Length;
        var end = path.IndexOf('/', start);
        return end < 0 ? null : path[start..end];
    }
}
