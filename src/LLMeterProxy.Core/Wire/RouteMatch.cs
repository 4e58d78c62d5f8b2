namespace LLMeterProxy.Core.Wire;

/// <summary>A request path that matched a route exactly.</summary>
/// <param name="UpstreamPath">The provider's own path, rebuilt from the table (never the client's raw text); begins with a slash.</param>
/// <param name="Model">The model that the path names (Gemini, Azure); null where the body does.</param>
/// <param name="StreamByPath">The path itself asks for a stream (<c>:streamGenerateContent</c>).</param>
/// <param name="UpstreamQuery">The query that may be forwarded, rebuilt from <see cref="Wire.Route.Query"/>: with its question mark, or empty.</param>
public sealed record RouteMatch(Route Route, string UpstreamPath, string? Model = null, bool StreamByPath = false, string UpstreamQuery = "");
