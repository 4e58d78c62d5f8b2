using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenAI chat completions, not streamed: pretty-printed, as OpenAI sends them.</summary>
internal static class OpenAIChat
{
    public const string Fingerprint = "fp_6fc10e10eb";

    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write($$"""
            {
              "id": "{{call.Id}}",
              "object": "chat.completion",
              "created": {{call.At.ToUnixTimeSeconds()}},
              "model": "{{call.ModelText}}",
              "choices": [
            """);
        for (var choice = 0; choice < call.Choices; choice++)
        {
            w.Write($$"""
                {{(choice == 0 ? "" : ",")}}
                    {
                      "index": {{choice}},
                      "message": {
                        "role": "assistant",
                        "content": 
                """);
            if (call.CallsTool)
            {
                w.Write($$"""
                    null,
                            "tool_calls": [
                              {
                                "id": "{{ToolCallId(call)}}",
                                "type": "function",
                                "function": {
                                  "name": "{{call.ToolName}}",
                                  "arguments": "{{ToolArguments.Escaped}}"
                                }
                              }
                            ]
                    """);
            }
            else
            {
                w.Write("\""u8);
                call.WriteText(w, choice);
                w.Write("\""u8);
            }

            w.Write($$"""
                ,
                        "refusal": null,
                        "annotations": []
                      },
                      "logprobs": null,
                      "finish_reason": "{{FinishReason(call)}}"
                    }
                """);
        }

        w.Write("\n  ],\n"u8);
        if (call.StatesUsage)
        {
            var u = call.Usage;
            w.Write($$"""
                  "usage": {
                    "prompt_tokens": {{u.Input}},
                    "completion_tokens": {{u.Output}},
                    "total_tokens": {{u.Input + u.Output}},
                    "prompt_tokens_details": {
                      "cached_tokens": {{u.Cached}},
                      "audio_tokens": 0
                    },
                    "completion_tokens_details": {
                      "reasoning_tokens": {{u.Reasoning}},
                      "audio_tokens": 0,
                      "accepted_prediction_tokens": 0,
                      "rejected_prediction_tokens": 0
                    }
                  },

                """);
        }

        w.Write($$"""
              "service_tier": "{{call.Tier}}",
              "system_fingerprint": "{{Fingerprint}}"
            }

            """);
    }

    public static string FinishReason(SimulatedCall call) => call.CallsTool ? "tool_calls" : call.StopsAtLimit ? "length" : "stop";

    public static string ToolCallId(SimulatedCall call) => IdText.Base62("call_", call.IdSeed + 1, 24);
}
