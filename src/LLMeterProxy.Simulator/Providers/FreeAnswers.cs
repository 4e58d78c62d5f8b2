using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Answers that no provider bills: model lists, token counts, moderations.</summary>
internal static class FreeAnswers
{
    public static void WriteModels(ProviderShape shape, BodyWriter w)
    {
        var (names, opening, closing) = shape switch
        {
            ProviderShape.Anthropic => (ServedModel.AnthropicModels, "{\"data\":[", $"],\"has_more\":false,\"first_id\":\"{ServedModel.AnthropicModels[0]}\",\"last_id\":\"{ServedModel.AnthropicModels[^1]}\"}}"),
            ProviderShape.Gemini => (ServedModel.GeminiModels, "{\n  \"models\": [\n", "\n  ]\n}\n"),
            ProviderShape.OpenRouter => (ServedModel.OpenRouterModels, "{\"data\":[", "]}"),
            ProviderShape.Cohere => (ServedModel.CohereModels, "{\"models\":[", "]}"),
            ProviderShape.Ollama => (ServedModel.OllamaModels, "{\"models\":[", "]}"),
            ProviderShape.Mistral => (ServedModel.MistralModels, "{\"object\":\"list\",\"data\":[", "]}"),
            ProviderShape.Groq => (ServedModel.GroqModels, "{\"object\":\"list\",\"data\":[", "]}"),
            _ => (ServedModel.OpenAIModels, "{\n  \"object\": \"list\",\n  \"data\": [\n", "\n  ]\n}\n"),
        };
        w.Text(opening);
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0)
                w.Write(","u8);
            WriteModel(shape, names[i], w);
        }

        w.Text(closing);
    }

    /// <summary>One model; <paramref name="name"/> is the inside of a JSON string.</summary>
    public static void WriteModel(ProviderShape shape, string name, BodyWriter w)
    {
        switch (shape)
        {
            case ProviderShape.Anthropic:
                w.Write($$"""{"type":"model","id":"{{name}}","display_name":"{{name}}","created_at":"2025-10-01T00:00:00Z"}""");
                break;
            case ProviderShape.Gemini:
                w.Write($$"""
                        {
                          "name": "models/{{name}}",
                          "version": "001",
                          "displayName": "{{name}}",
                          "inputTokenLimit": 1048576,
                          "outputTokenLimit": 65536,
                          "supportedGenerationMethods": [
                            "generateContent",
                            "countTokens"
                          ]
                        }
                    """);
                break;
            case ProviderShape.Cohere:
                w.Write($$"""{"name":"{{name}}","endpoints":["chat"],"finetuned":false,"context_length":256000}""");
                break;
            case ProviderShape.Ollama:
                w.Write($$"""{"name":"{{name}}","model":"{{name}}","modified_at":"2026-10-01T00:00:00Z","size":2019393189}""");
                break;
            case ProviderShape.OpenRouter:
                w.Write($$"""{"id":"{{name}}","canonical_slug":"{{name}}","name":"{{name}}","created":1727222400,"context_length":200000}""");
                break;
            default:
                w.Write($$"""
                        {
                          "id": "{{name}}",
                          "object": "model",
                          "created": 1715367049,
                          "owned_by": "system"
                        }
                    """);
                break;
        }
    }

    public static void WriteTokenCount(SimulatedCall call, BodyWriter w)
    {
        switch (call.Route.Shape)
        {
            case ProviderShape.Anthropic:
                w.Write($$"""{"input_tokens":{{call.Usage.Input}}}""");
                break;
            case ProviderShape.Bedrock:
                w.Write($$"""{"inputTokens":{{call.Usage.Input}}}""");
                break;
            case ProviderShape.Gemini:
                w.Write($$"""
                    {
                      "totalTokens": {{call.Usage.Input}},
                      "promptTokensDetails": [
                        {
                          "modality": "TEXT",
                          "tokenCount": {{call.Usage.Input}}
                        }
                      ]
                    }

                    """);
                break;
            default:
                w.Write($$"""
                    {
                      "object": "response.input_tokens",
                      "input_tokens": {{call.Usage.Input}}
                    }
                    """);
                break;
        }
    }

    public static void WriteModeration(SimulatedCall call, BodyWriter w)
    {
        w.Write($$"""
            {
              "id": "{{IdText.Base62("modr-", call.IdSeed, 29)}}",
              "model": "{{call.ModelText}}",
              "results": [
            """);
        for (var i = 0; i < call.Fields.Inputs; i++)
        {
            w.Text(i == 0 ? "\n" : ",\n");
            w.Write("""
                    {
                      "flagged": false,
                      "categories": {
                        "harassment": false,
                        "hate": false,
                        "self-harm": false,
                        "sexual": false,
                        "violence": false
                      },
                      "category_scores": {
                        "harassment": 0.000005,
                        "hate": 2.889955510454456e-7,
                        "self-harm": 0.000001,
                        "sexual": 0.000002,
                        "violence": 0.000003
                      }
                    }
                """u8);
        }

        w.Write("\n  ]\n}\n"u8);
    }
}
