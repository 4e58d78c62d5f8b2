using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>The form of the stored documents. A field may be added with a default; none is ever renamed.</summary>
internal static class TenancyJson
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters = { new OutagePolicyJsonConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new NanoUsdJsonConverter() },
    };

    public static string Write<T>(T document) => JsonSerializer.Serialize(document, _options);

    public static T Read<T>(string json)
        where T : class => JsonSerializer.Deserialize<T>(json, _options) ?? throw new JsonException("A stored document is null.");
}
