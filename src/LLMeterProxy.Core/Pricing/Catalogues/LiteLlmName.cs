namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Where an entry of LiteLLM's file belongs in the book.</summary>
/// <param name="List">The price list.</param>
/// <param name="Id">The model as the provider itself names it.</param>
/// <param name="Geo">The region that the entry is the price of; null for none.</param>
/// <param name="Image">The size and quality that the entry is the price of, as a qualifier (<c>1024x1024/hd</c>); null for none.</param>
internal readonly record struct LiteLlmName(string List, string Id, string? Geo, string? Image)
{
    private static readonly string[] _bedrockGeos = ["us", "eu", "apac", "jp", "au", "us-gov", "global"];
    private static readonly string[] _azureGeos = ["us", "eu", "global", "global-standard"];
    private static readonly string[] _qualities = ["low", "medium", "high", "hd", "standard"];

    /// <param name="key">As in the file: <c>azure/eu/gpt-4o-2024-08-06</c>.</param>
    /// <param name="provider">The entry's <c>litellm_provider</c>.</param>
    public static LiteLlmName Of(string key, string provider)
    {
        var list = ListOf(provider);
        var rest = WithoutProvider(key, provider);
        return list switch
        {
            "bedrock" => OfBedrock(rest),
            "azure-openai" => OfAzure(rest),
            "openai" => OfImages("openai", rest, geo: null),
            _ => new LiteLlmName(list, rest, null, null),
        };
    }

    private static string ListOf(string provider) => provider switch
    {
        "openai" or "text-completion-openai" => "openai",
        "azure" or "azure_text" or "azure_ai" => "azure-openai",
        "bedrock" or "bedrock_converse" or "bedrock_mantle" => "bedrock",
        "cohere" or "cohere_chat" => "cohere",
        "codestral" or "text-completion-codestral" => "mistral",
        "together_ai" => "together",
        "jina_ai" => "jina",
        "dashscope" => "alibaba",
        _ when provider.StartsWith("vertex_ai", StringComparison.Ordinal) => "vertex",
        _ when provider.StartsWith("fireworks_ai", StringComparison.Ordinal) => "fireworks",
        _ => provider.Replace('_', '-'),
    };

    private static string WithoutProvider(string key, string provider)
    {
        ReadOnlySpan<string> beginnings = provider switch
        {
            "azure_text" => ["azure/"],
            "bedrock_converse" or "bedrock" => ["bedrock/converse/", "bedrock/invoke/", "bedrock/"],
            "text-completion-codestral" => ["text-completion-codestral/", "codestral/"],
            "cohere_chat" => ["cohere/"],
            _ when provider.StartsWith("vertex_ai", StringComparison.Ordinal) => ["vertex_ai/"],
            _ when provider.StartsWith("fireworks_ai", StringComparison.Ordinal) => ["fireworks_ai/"],
            _ => [provider + "/"],
        };
        foreach (var beginning in beginnings)
        {
            if (key.StartsWith(beginning, StringComparison.Ordinal))
            {
                return key[beginning.Length..];
            }
        }

        return key;
    }

    private static LiteLlmName OfAzure(string name)
    {
        foreach (var geo in _azureGeos)
        {
            if (name.StartsWith(geo + "/", StringComparison.Ordinal))
            {
                return new LiteLlmName("azure-openai", name[(geo.Length + 1)..], geo == "global-standard" ? "global" : geo, null);
            }
        }

        return OfImages("azure-openai", name, null);
    }

    private static LiteLlmName OfBedrock(string name)
    {
        string? geo = null;
        var images = OfImages("bedrock", name, null);
        name = images.Id.StartsWith("bedrock/", StringComparison.Ordinal) ? images.Id["bedrock/".Length..] : images.Id;
        var slash = name.IndexOf('/');
        if (slash > 0)
        {
            (geo, name) = (name[..slash], name[(slash + 1)..]);
        }

        foreach (var beginning in _bedrockGeos)
        {
            if (name.StartsWith(beginning + ".", StringComparison.Ordinal))
            {
                (geo, name) = (beginning, name[(beginning.Length + 1)..]);
                break;
            }
        }

        return new LiteLlmName("bedrock", BedrockId(name), geo, images.Image);
    }

    /// <summary>A Claude id of Bedrock without its version and date, which change nothing about the price; any other as it is.</summary>
    internal static string BedrockId(string name)
    {
        if (!name.StartsWith("anthropic.claude-", StringComparison.Ordinal)
            || name.StartsWith("anthropic.claude-v", StringComparison.Ordinal)
            || name.StartsWith("anthropic.claude-instant", StringComparison.Ordinal))
        {
            return name;
        }

        var unversioned = SnapshotNames.WithoutVersion(name);
        var rest = unversioned.IsEmpty ? name : unversioned.ToString();
        rest = rest.EndsWith("-v1", StringComparison.Ordinal) ? rest[..^3] : rest;
        var undated = SnapshotNames.WithoutDate(rest);
        return undated.IsEmpty ? rest : undated.ToString();
    }

    /// <summary><c>hd/1024-x-1792/dall-e-3</c>, <c>512-x-512/50-steps/…</c></summary>
    private static LiteLlmName OfImages(string list, string name, string? geo)
    {
        string? size = null;
        string? quality = null;
        while (name.IndexOf('/') is var slash and > 0)
        {
            var part = name[..slash];
            if (part.Contains("-x-", StringComparison.Ordinal))
            {
                size = part.Replace("-x-", "x", StringComparison.Ordinal);
            }
            else if (Array.IndexOf(_qualities, part) >= 0 || part.EndsWith("-steps", StringComparison.Ordinal))
            {
                // The plain quality is what a size costs where no other is asked for.
                quality = part == "standard" ? null : part;
            }
            else
            {
                break;
            }

            name = name[(slash + 1)..];
        }

        return new LiteLlmName(list, name, geo, size is null ? null : quality is null ? size : $"{size}/{quality}");
    }
}
