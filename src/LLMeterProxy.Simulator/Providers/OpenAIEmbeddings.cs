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
        var dimensions = Math.Clamp(call.Fields.Dimensions ?? (call.Served.PriceKey.EndsWith("-large", StringComparison.Ordinal) ? 3072 : 1536), 1, LargestDimensions);
        var (numbers, base64) = _vectors.GetOrAdd(dimensions, Render);
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
              "model": "{{call.ModelText}}"
            """);
        if (call.StatesUsage)
        {
            var cost = call.Route.Shape == ProviderShape.OpenRouter ? $",\n    \"cost\": {OpenAIUsage.Usd(call.ExactNanoUsd)}" : "";
            w.Write($$"""
                ,
                  "usage": {
                    "prompt_tokens": {{call.Usage.Input}},
                    "total_tokens": {{call.Usage.Input}}{{cost}}
                  }
                """);
        }

        w.Write("\n}\n"u8);
    }

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
