using System.Text.Json;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Reads the public catalogues that people use, whichever of them a file is.</summary>
public static class CatalogueReader
{
    private const int Deepest = 32;

    /// <param name="json">UTF-8: LiteLLM's <c>model_prices_and_context_window.json</c>, or the data of Pydantic's genai-prices.</param>
    /// <exception cref="FormatException">The file is neither, or not JSON; the message says what it lacks.</exception>
    public static Catalogue Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"This is not JSON: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OverflowException)
        {
            throw new FormatException($"An entry has a value of another kind than its name says: {exception.Message}", exception);
        }
    }

    private static Catalogue Read(JsonElement root)
    {
        if (GenAiPricesReader.ProvidersOf(root) is { } providers)
        {
            var version = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("version", out var text) && text.ValueKind == JsonValueKind.String
                ? $"genai-prices {text.GetString()}"
                : "genai-prices";
            return new GenAiPricesReader().Read(version, providers);
        }

        return LiteLlmReader.Knows(root)
            ? new LiteLlmReader().Read("litellm", root)
            : throw new FormatException("This is no catalogue that import knows: neither LiteLLM's model_prices_and_context_window.json nor the data of genai-prices.");
    }
}
