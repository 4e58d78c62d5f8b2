using System.Text.Json;
using System.Text.Json.Serialization;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>Money in documents, as in the API: a decimal string in USD, exact to the nano-USD.</summary>
internal sealed class NanoUsdJsonConverter : JsonConverter<NanoUsd>
{
    public override NanoUsd Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NanoUsd.TryParseUsd(reader.GetString(), out var amount) ? amount : throw new JsonException("Not an amount in USD.");

    public override void Write(Utf8JsonWriter writer, NanoUsd value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToUsdString());
}
