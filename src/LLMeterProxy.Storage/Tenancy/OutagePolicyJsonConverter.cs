using System.Text.Json;
using System.Text.Json.Serialization;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// The policy's stored names. <c>lease</c>, which earlier versions stored and never had, is read as what it falls back to:
/// without rights granted beforehand nothing is admitted.
/// </summary>
internal sealed class OutagePolicyJsonConverter : JsonConverter<OutagePolicy>
{
    public override OutagePolicy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() switch
    {
        "auto" => OutagePolicy.Auto,
        "closed" or "lease" => OutagePolicy.Closed,
        "open" => OutagePolicy.Open,
        var other => throw new JsonException($"No such outage policy: {other}."),
    };

    public override void Write(Utf8JsonWriter writer, OutagePolicy value, JsonSerializerOptions options) => writer.WriteStringValue(value switch
    {
        OutagePolicy.Open => "open",
        OutagePolicy.Auto => "auto",
        _ => "closed",
    });
}
