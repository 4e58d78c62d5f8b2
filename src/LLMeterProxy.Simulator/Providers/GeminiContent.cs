using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Gemini <c>generateContent</c>: pretty-printed JSON.</summary>
internal static class GeminiContent
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write("{\n  \"candidates\": ["u8);
        for (var choice = 0; choice < call.Choices; choice++)
        {
            w.Write($$"""
                {{(choice == 0 ? "" : ",")}}
                    {
                      "content": {
                        "parts": [
                          {

                """);
            if (call.CallsTool)
            {
                w.Write($$"""
                                "functionCall": {
                                  "name": "{{call.ToolName}}",
                                  "args": {{ToolArguments.Json}}
                                }
                    """);
            }
            else
            {
                w.Write("            \"text\": \""u8);
                call.WriteText(w, choice);
                w.Write("\""u8);
            }

            w.Write($$"""

                          }
                        ],
                        "role": "model"
                      },
                      "finishReason": "{{FinishReason(call)}}",
                      "index": {{choice}}
                    }
                """);
        }

        w.Write("\n  ],\n"u8);
        if (call.StatesUsage)
            WriteUsagePretty(w, call);
        w.Write($$"""
              "modelVersion": "{{call.ModelText}}",
              "responseId": "{{call.Id}}"
            }

            """);
    }

    public static string FinishReason(SimulatedCall call) => call.StopsAtLimit ? "MAX_TOKENS" : "STOP";

    private static void WriteUsagePretty(BodyWriter w, SimulatedCall call)
    {
        var u = call.Usage;
        w.Write($$"""
              "usageMetadata": {
                "promptTokenCount": {{u.Input}},
                "candidatesTokenCount": {{u.Visible}},
                "totalTokenCount": {{u.Input + u.Output}},

            """);
        if (u.Cached > 0)
            w.Write($"    \"cachedContentTokenCount\": {u.Cached},\n");
        w.Write($$"""
                "promptTokensDetails": [
                  {
                    "modality": "TEXT",
                    "tokenCount": {{u.Input}}
                  }
                ]
            """);
        if (u.Reasoning > 0)
            w.Write($",\n    \"thoughtsTokenCount\": {u.Reasoning}");
        w.Write("\n  },\n"u8);
    }
}
