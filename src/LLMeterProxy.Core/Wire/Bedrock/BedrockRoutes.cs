using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Bedrock's runtime API. A model is an id with colons or an ARN with slashes, which clients encode; the server decodes the
/// path once and leaves <c>%2F</c> as it is, so that a model is always one segment.
/// </summary>
internal static class BedrockRoutes
{
    private const string Root = "/model/";
    private const string EncodedSlash = "%2F";

    private static readonly RouteTable _table = new(
        [
            .. new RouteList("/model/{model}")
                .Metered("/converse", Operations.Converse)
                .Metered("/converse-stream", Operations.Converse)
                .Metered("/invoke", Operations.InvokeModel, RequestForm.Json | RequestForm.UntypedJson)
                .Metered("/invoke-with-response-stream", Operations.InvokeModel, RequestForm.Json | RequestForm.UntypedJson)
                .Free("POST", "/count-tokens", Operations.CountTokens)
                .Refused("/invoke-with-bidirectional-stream")
                .Routes,
            .. new RouteList("")
                .Deferred("/async-invoke", "/async-invoke/{id}")
                .RefusedAreas("/guardrail", "/model-invocation-job", "/model-invocation-jobs", "/openai")
                .Routes,
        ],
        PathCharacters.EncodedModelId);

    public static IReadOnlyList<Route> Routes => _table.Routes;

    /// <inheritdoc cref="IDialect.Match"/>
    public static RouteResult Match(string method, string path, string query)
    {
        var result = _table.Match(method, path, query);
        if (result.Match is not { Model: { } raw } match)
        {
            // Only a model may have an encoded slash in it.
            return path.Contains('%', StringComparison.Ordinal) ? default : result;
        }

        if (!TryDecode(raw, out var model))
        {
            return default;
        }

        return new RouteResult(match with
        {
            Model = model,

            // All but unreserved characters encoded, as AWS's SDKs write it and sign it.
            UpstreamPath = string.Concat(Root, Uri.EscapeDataString(model), path.AsSpan(Root.Length + raw.Length)),
            StreamByPath = match.Route.Template.EndsWith("-stream", StringComparison.Ordinal),
        });
    }

    private static bool TryDecode(string raw, out string model)
    {
        model = raw;
        if (!raw.Contains('%', StringComparison.Ordinal))
        {
            return true;
        }

        model = raw.Replace(EncodedSlash, "/", StringComparison.OrdinalIgnoreCase);
        return !model.Contains('%', StringComparison.Ordinal) && Array.TrueForAll(model.Split('/'), part => part is not ("" or "." or ".."));
    }
}
