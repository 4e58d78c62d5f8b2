using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using LLMeterProxy.Core.Money;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>
/// Reads request bodies strictly: duplicate, unknown and misspelt fields are errors with their name, never ignored (G43).
/// </summary>
internal static class JsonBody
{
    /// <summary>Bytes; the largest sensible body is a tenant with all its tags.</summary>
    public const long MaxBytes = 256 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <returns>Either the object or the problem; an empty object for an absent body where <paramref name="optional"/>.</returns>
    public static async Task<(JsonObject Body, IResult? Problem)> ReadAsync(HttpContext http, bool optional, CancellationToken cancellationToken)
    {
        if (optional && http.Request.ContentLength is null or 0 && !http.Request.Headers.ContainsKey("Transfer-Encoding"))
        {
            return ([], null);
        }

        if (!http.Request.HasJsonContentType())
        {
            return ([], Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send the body as 'Content-Type: application/json'."));
        }

        try
        {
            var node = await JsonNode.ParseAsync(http.Request.Body, documentOptions: Strict, cancellationToken: cancellationToken);
            return node is JsonObject body ? (body, null) : ([], Problems.BadRequest("invalid_json", "The body must be a JSON object."));
        }
        catch (JsonException invalid)
        {
            return ([], Problems.BadRequest("invalid_json", $"The body is not valid JSON: {invalid.Message}"));
        }
    }

    /// <summary>Binds a body to its shape; each field that does not fit becomes an error of its own.</summary>
    /// <returns>Null where there was any error.</returns>
    public static T? Bind<T>(JsonObject body, JsonTypeInfo<T> shape, FieldErrors errors)
        where T : class
    {
        var before = errors.Any;
        CheckFields(body, shape, "", errors);
        return before || errors.Any ? null : body.Deserialize(shape);
    }

    private static void CheckFields(JsonObject body, JsonTypeInfo shape, string prefix, FieldErrors errors)
    {
        foreach (var (name, value) in body)
        {
            var field = prefix + name;
            var property = shape.Properties.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.Ordinal));
            if (property is null)
            {
                errors.Add(field, $"unknown field; known are {string.Join(", ", shape.Properties.Select(p => p.Name))}");
                continue;
            }

            var type = shape.Options.GetTypeInfo(property.PropertyType);
            if (type.Kind == JsonTypeInfoKind.Object && value is JsonObject nested)
            {
                CheckFields(nested, type, field + ".", errors);
            }
            else if (!Fits(value, type))
            {
                errors.Add(field, Expectation(property.PropertyType));
            }
        }
    }

    private static bool Fits(JsonNode? value, JsonTypeInfo type)
    {
        try
        {
            value.Deserialize(type);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Expectation(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(UsdAmount) => $"must be an amount in USD as a decimal string, without exponent, with at most 9 places (1 nano-USD is {new NanoUsd(1).ToUsdString()})",
        var t when t == typeof(string) => "must be a string",
        var t when t == typeof(bool) => "must be true or false",
        var t when t == typeof(int) || t == typeof(long) => "must be an integer",
        var t when t == typeof(IReadOnlyList<string>) => "must be an array of strings",
        var t when t == typeof(IReadOnlyList<int>) => "must be an array of integers",
        var t when t == typeof(IReadOnlyDictionary<string, string>) => "must be an object of strings",
        _ => "must be an object",
    };
}
