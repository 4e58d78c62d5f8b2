using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenAI's legacy completions, not streamed.</summary>
internal static class OpenAICompletions
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        w.Write($$"""
            {
              "id": "{{call.Id}}",
              "object": "text_completion",
              "created": {{call.At.ToUnixTimeSeconds()}},
              "model": "{{call.ModelText}}",
              "choices": [
            """);
        for (var choice = 0; choice < call.Choices; choice++)
        {
            w.Write($$"""
                {{(choice == 0 ? "" : ",")}}
                    {
                      "text": "
                """);
            call.WriteText(w, choice);
            w.Write($$"""
                ",
                      "index": {{choice}},
                      "logprobs": null,
                      "finish_reason": "{{OpenAIChat.FinishReason(call)}}"
                    }
                """);
        }

        w.Write("\n  ]"u8);
        if (call.StatesUsage)
        {
            var u = call.Usage;
            w.Write($$"""
                ,
                  "usage": {
                    "prompt_tokens": {{u.Input}},
                    "completion_tokens": {{u.Output}},
                    "total_tokens": {{u.Input + u.Output}}
                  }
                """);
        }

        w.Write("\n}\n"u8);
    }
}
