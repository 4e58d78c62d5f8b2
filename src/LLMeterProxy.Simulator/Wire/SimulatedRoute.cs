namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// Finds shape and operation of a path. Only the end of the path counts, so that one simulator can stand behind any
/// number of provider names (<c>/acme/v1/chat/completions</c>, <c>/other/openai/v1/chat/completions</c>).
/// </summary>
/// <param name="Shape">Whose API it is.</param>
/// <param name="Operation">What is asked for.</param>
/// <param name="Model">Model or deployment that the path names, or null.</param>
public readonly record struct SimulatedRoute(ProviderShape Shape, SimulatedOperation Operation, string? Model)
{
    /// <summary>Whether the provider bills the operation.</summary>
    public bool IsMetered => Operation is SimulatedOperation.Chat or SimulatedOperation.Completions or SimulatedOperation.Responses
        or SimulatedOperation.Embeddings or SimulatedOperation.Messages or SimulatedOperation.Generate or SimulatedOperation.StreamGenerate;

    /// <summary>Matches a decoded path. <paramref name="anthropicHeaders"/>: whether the call carries Anthropic's version header,
    /// which is all that tells its model list from OpenAI's.</summary>
    public static SimulatedRoute Match(string method, string path, bool anthropicHeaders)
    {
        var isPost = method == "POST";
        var openAiShape = path.Contains("/api/v1/", StringComparison.Ordinal) ? ProviderShape.OpenRouter : ProviderShape.OpenAI;
        if (isPost)
        {
            if (path.EndsWith("/chat/completions", StringComparison.Ordinal))
                return new(openAiShape, SimulatedOperation.Chat, Deployment(path));
            if (path.EndsWith("/messages", StringComparison.Ordinal))
                return new(ProviderShape.Anthropic, SimulatedOperation.Messages, null);
            if (path.EndsWith("/responses", StringComparison.Ordinal))
                return new(openAiShape, SimulatedOperation.Responses, null);
            if (path.EndsWith("/embeddings", StringComparison.Ordinal))
                return new(openAiShape, SimulatedOperation.Embeddings, Deployment(path));
            if (path.EndsWith("/completions", StringComparison.Ordinal))
                return new(openAiShape, SimulatedOperation.Completions, Deployment(path));
            if (path.EndsWith("/moderations", StringComparison.Ordinal))
                return new(openAiShape, SimulatedOperation.Moderations, null);
            if (path.EndsWith("/messages/count_tokens", StringComparison.Ordinal))
                return new(ProviderShape.Anthropic, SimulatedOperation.CountTokens, null);
            if (path.EndsWith("/responses/input_tokens", StringComparison.Ordinal))
                return new(openAiShape, SimulatedOperation.CountTokens, null);
        }

        var models = path.LastIndexOf("/models", StringComparison.Ordinal);
        if (models < 0)
            return new(openAiShape, SimulatedOperation.Unknown, null);
        var rest = path[(models + "/models".Length)..];
        var colon = rest.LastIndexOf(':');
        if (isPost && colon > 1)
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
            return new(openAiShape, SimulatedOperation.Unknown, null);
        var shape = path.Contains("/v1beta/models", StringComparison.Ordinal) ? ProviderShape.Gemini
            : anthropicHeaders ? ProviderShape.Anthropic : openAiShape;
        return rest.Length > 1
            ? new(shape, SimulatedOperation.Model, rest[1..])
            : new(shape, SimulatedOperation.Models, null);
    }

    private static string? Deployment(string path)
    {
        const string Marker = "/deployments/";
        var start = path.IndexOf(Marker, StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += Marker.Length;
        var end = path.IndexOf('/', start);
        return end < 0 ? null : path[start..end];
    }
}
