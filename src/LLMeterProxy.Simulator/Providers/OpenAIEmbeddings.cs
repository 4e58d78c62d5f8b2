using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Embeddings as numbers or as base64 of little-endian floats; every input gets the same unit-less vector.</summary>
internal static class OpenAIEmbeddings
{
    private const int LargestDimensions = 4096;

    private static readonly ConcurrentDictionary<int, (byte[] Numbers, byte[] Base64)> _vectors = new();

    public static void Write(SimulatedCall call, BodyWriter w)
    {
        var (numbers, base64) = Vector(call.Fields.Dimensions ?? (call.Served.PriceKey.EndsWith("-large", StringComparison.Ordinal) ? 3072 : 1536));
        w.Write("{\n  \"object\": \"list\",\n  \"data\": ["u8);
        for (var i = 0; i < call.Fields.Inputs; i++)
        {
            w.Write($$"""
                {{(i == 0 ? "" : ",")}}
                    {
                      "object": "embedding",
                      "index": {{i}},
                      "embedding": 
                """);
            w.Write(call.Fields.Base64 ? base64 : numbers);
            w.Write("\n    }"u8);
        }

        w.Write($$"""

              ],
              "model": "{{call.ModelText}}"{{(call.Route.Shape == ProviderShape.Mistral ? $",\n  \"id\": \"{call.Id}\"" : "")}}
            """);
        if (call.StatesUsage)
        {
            var more = call.Route.Shape switch
            {
                ProviderShape.OpenRouter => $",\n    \"cost\": {OpenAIUsage.Usd(call.ExactNanoUsd)}",
                ProviderShape.Mistral => ",\n    \"completion_tokens\": 0,\n    \"prompt_audio_seconds\": null,\n    \"prompt_tokens_details\": null",
                _ => "",
            };
            w.Write($$"""
                ,
                  "usage": {
                    "prompt_tokens": {{call.Usage.Input}},
                    "total_tokens": {{call.Usage.Input}}{{more}}
                  }
                """);
        }

        w.Write("\n}\n"u8);
    }

    /// <summary>A vector as a JSON array.</summary>
    public static ReadOnlySpan<byte> Numbers(int dimensions) => Vector(dimensions).Numbers;

    private static (byte[] Numbers, byte[] Base64) Vector(int dimensions) => _vectors.GetOrAdd(Math.Clamp(dimensions, 1, LargestDimensions), Render);

    private static (byte[] Numbers, byte[] Base64) Render(int dimensions)
    {
        var vector = new float[dimensions];
        var numbers = new StringBuilder("[");
        for (var i = 0; i < dimensions; i++)
        {
            vector[i] = ((i * 37 % 101) - 50) / 1000f;
            numbers.Append(i == 0 ? "\n" : ",\n").Append("        ").Append(vector[i].ToString("0.0#####", CultureInfo.InvariantCulture));
        }

        var bytes = MemoryMarshal.AsBytes(vector.AsSpan());
        var base64 = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2];
        base64[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, base64.AsSpan(1), out _, out var written);
        base64[written + 1] = (byte)'"';
        return (Encoding.UTF8.GetBytes(numbers.Append("\n      ]").ToString()), base64[..(written + 2)]);
    }
}
