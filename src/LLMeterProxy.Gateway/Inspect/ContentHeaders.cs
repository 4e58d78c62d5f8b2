using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>Accepts only bodies that can be read as the route's reader reads them (T57, T58).</summary>
internal static class ContentHeaders
{
    private const string Json = "application/json";
    private const string Multipart = "multipart/form-data";
    private const string Untyped = "application/octet-stream";

    private static readonly Problem _compressed = new(
        ProblemCode.UnsupportedMediaType,
        "Compressed request bodies are not accepted: send the body without Content-Encoding.");

    private static readonly Problem _notJson = new(
        ProblemCode.UnsupportedMediaType, "Send the body as 'Content-Type: application/json' in UTF-8.");

    private static readonly Problem _notMultipart = new(
        ProblemCode.UnsupportedMediaType, "Send the body as 'Content-Type: multipart/form-data' with its boundary.");

    private static readonly Problem _neither = new(
        ProblemCode.UnsupportedMediaType, "Send the body as 'Content-Type: application/json' in UTF-8, or as 'multipart/form-data' with its boundary.");

    public static Problem? Check(HttpRequest request, RequestForm form)
    {
        if (request.Headers.ContentEncoding.Count > 0
            && !string.Equals(request.Headers.ContentEncoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return _compressed;
        }

        var type = request.ContentType;
        var isAccepted = type is not null && request.Headers.ContentType.Count == 1
            && ((form.HasFlag(RequestForm.Json) && IsUtf8Json(type))
                || (form.HasFlag(RequestForm.Multipart) && IsMultipart(type))
                || (form.HasFlag(RequestForm.UntypedJson) && string.Equals(type, Untyped, StringComparison.OrdinalIgnoreCase)));
        isAccepted |= type is null && form.HasFlag(RequestForm.UntypedJson);
        return isAccepted ? null : (form & ~RequestForm.UntypedJson) switch
        {
            RequestForm.Json => _notJson,
            RequestForm.Multipart => _notMultipart,
            _ => _neither,
        };
    }

    private static bool IsUtf8Json(string type)
    {
        if (!type.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (type.Length == Json.Length)
        {
            return true;
        }

        if (type[Json.Length] is not (';' or ' '))
        {
            return false;
        }

        var charset = type.IndexOf("charset", StringComparison.OrdinalIgnoreCase);
        return charset < 0 || type.AsSpan(charset).Contains("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsMultipart(string type) =>
        type.StartsWith(Multipart, StringComparison.OrdinalIgnoreCase)
        && type.Length > Multipart.Length && type[Multipart.Length] is ';' or ' '
        && type.Contains("boundary=", StringComparison.OrdinalIgnoreCase);
}
