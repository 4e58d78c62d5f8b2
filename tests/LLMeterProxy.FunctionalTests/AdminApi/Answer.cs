using System.Text.Json.Nodes;

namespace LLMeterProxy.FunctionalTests.AdminApi;

/// <summary>A response, read to its end.</summary>
internal sealed record Answer(int Status, string? MediaType, string? ETag, JsonNode? Body)
{
    public string? Code => (string?)Body?["code"];

    public JsonNode this[string name] => Body![name]!;

    /// <summary>The fields that a validation problem names.</summary>
    public IReadOnlyList<string> ErrorFields => Body?["errors"] is JsonObject errors ? [.. errors.Select(e => e.Key)] : [];
}
