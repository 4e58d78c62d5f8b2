using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire;

/// <summary>
/// One wire format, in one folder: its routes, how to read a request, how to read usage from each form of response, its
/// error body, its credential header, what stops the bill on a disconnect. Stateless and thread-safe.
/// </summary>
public interface IDialect
{
    /// <summary>The kind in the configuration: <c>openai</c>, <c>anthropic</c>, <c>gemini</c>, <c>openrouter</c>, <c>openai-compatible</c>.</summary>
    string Kind { get; }

    /// <summary>The price list that the kind uses unless the provider's configuration names another.</summary>
    string PriceList { get; }

    /// <summary>The origin without version (<c>https://api.openai.com</c>); null where the configuration must name one.</summary>
    string? DefaultBaseUrl { get; }

    /// <summary>The origin of a region; null where the configuration must name one.</summary>
    /// <param name="region">As configured; null where it is not.</param>
    string? BaseUrlOf(string? region) => DefaultBaseUrl;

    /// <summary>The provider's own environment variable for its key; null where there is none.</summary>
    string? ApiKeyVariable { get; }

    /// <summary>Another variable that the provider's own libraries read where the first is not set; null where there is none.</summary>
    string? OtherApiKeyVariable => null;

    /// <summary>The provider's own environment variable for its address, for a kind without a default; null where there is none.</summary>
    string? BaseUrlVariable => null;

    /// <summary>False where a server may run without keys.</summary>
    bool NeedsApiKey { get; }

    CredentialForm Credential { get; }

    DisconnectPolicy OnDisconnect { get; }

    ProblemShape Problems { get; }

    /// <summary>True where the cost that the provider states in its answers is what it charges, to the last digit: then it is taken unless the configuration says otherwise.</summary>
    bool StatesExactCost => false;

    /// <summary>Every route, for the test that enumerates them and for the docs.</summary>
    IReadOnlyList<Route> Routes { get; }

    /// <summary>Matches the path after the provider segment, exactly, after one percent-decoding by the server (T25).</summary>
    /// <param name="method">As on the wire; methods are case-sensitive.</param>
    /// <param name="path">Decoded once; begins with a slash.</param>
    /// <param name="query">As on the wire with its question mark, or empty.</param>
    RouteResult Match(string method, string path, string query);

    /// <summary>
    /// The path that is called upstream, where the operator's account decides on a part of it: its project and region, in a path
    /// that names some (Vertex). Only ever made of a match.
    /// </summary>
    string UpstreamPath(RouteMatch match, string? project, string? region) => match.UpstreamPath;

    /// <summary>One pass over the body: duplicates, depth, UTF-8, values and all facts. Never throws.</summary>
    /// <param name="contentType">As the client sent it: the boundary of a multipart body is in it.</param>
    RequestReading ReadRequest(RouteMatch match, ReadOnlySpan<byte> body, string? contentType = null);

    /// <summary>A collector for a 2xx response, by its actual content type and first bytes rather than by what was asked for (T44).</summary>
    IUsageCollector CreateCollector(RouteMatch match, RequestFacts facts, ResponseHead head);

    /// <summary>True where the provider documents that a response with this status is not billed.</summary>
    bool IsUnbilled(int status);

    /// <summary>The error event that ends a stream whose upstream died (E-MID), complete with its blank line.</summary>
    ReadOnlyMemory<byte> StreamErrorEvent(string requestId);

    /// <summary>The error body of a matched route, where a provider serves another family's API too (Gemini's OpenAI form).</summary>
    ProblemShape ProblemsFor(RouteMatch match) => Problems;

    /// <summary>How a matched route takes the API key.</summary>
    CredentialForm CredentialFor(RouteMatch match) => Credential;

    /// <inheritdoc cref="StreamErrorEvent(string)"/>
    ReadOnlyMemory<byte> StreamErrorEvent(RouteMatch match, string requestId) => StreamErrorEvent(requestId);
}
