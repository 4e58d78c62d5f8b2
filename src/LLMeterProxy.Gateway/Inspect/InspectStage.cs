using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>
/// Stage 2: route table, then the body, read once and looked at once. Ends by fixing the attributed tenant: nothing
/// tenant-specific runs before.
/// </summary>
public sealed class InspectStage
{
    private static readonly Problem UnknownUrl = new(
        ProblemCode.UnknownUrl,
        "Unknown request URL. This gateway forwards only the routes that it can meter; see the provider's base URL in the documentation.");

    private readonly BodyReader _bodies;

    public InspectStage(GatewaySettings settings, BodyMemory memory) => _bodies = new BodyReader(settings, memory);

    public async ValueTask<Problem?> RunAsync(GatewayContext context)
    {
        var http = context.Http;
        if (context.Provider is not { } provider || !RawTarget.IsCanonical(http))
        {
            return UnknownUrl;
        }

        var query = http.Request.QueryString.Value ?? "";
        var result = provider.Dialect.Match(http.Request.Method, context.ProviderPath, query);
        if (result.Match is not { } match)
        {
            return result.AllowedMethods is { } allowed
                ? new Problem(ProblemCode.MethodNotAllowed, $"This URL does not accept {SafeMethod(http.Request.Method)}.", Allow: allowed)
                : UnknownUrl;
        }

        context.Match = match;
        context.Problems = provider.Dialect.ProblemsFor(match);
        if (match.Route.Treatment is RouteTreatment.Refused or RouteTreatment.Deferred)
        {
            return new Problem(
                ProblemCode.EndpointNotMetered,
                $"The endpoint {match.Route.Method} {match.Route.Template} is not metered by this gateway and is therefore not forwarded.");
        }

        context.Tags = TagHeader.Read(http.Request.Headers[TagHeader.Name]);
        var problem = HttpMethods.IsGet(match.Route.Method)
            ? ReadPathOnly(context, match)
            : await ReadBodyAsync(context, match);

        // On-behalf attribution will choose another tenant here; until then it is the key's own.
        context.Tenant = context.Principal.Home;
        return problem;
    }

    private static Problem? ReadPathOnly(GatewayContext context, RouteMatch match)
    {
        if (context.Http.Request.ContentLength > 0 || context.Http.Request.Headers.TransferEncoding.Count > 0)
        {
            return new Problem(ProblemCode.InvalidValue, "A GET request must not have a body.");
        }

        context.Facts = RequestFacts.Empty with { Model = match.Model };
        return null;
    }

    private async ValueTask<Problem?> ReadBodyAsync(GatewayContext context, RouteMatch match)
    {
        if (ContentHeaders.Check(context.Http.Request, match.Route.Form) is { } refused)
        {
            return refused;
        }

        var (body, problem) = await _bodies.ReadAsync(context.Http);
        if (problem is not null)
        {
            return problem;
        }

        context.Body = body;
        var reading = context.Provider!.Dialect.ReadRequest(match, body!.Memory.Span, context.Http.Request.ContentType);
        if (reading.Problem is { } fault)
        {
            return fault;
        }

        context.Facts = reading.Facts!;
        return null;
    }

    private static string SafeMethod(string method) => method.Length <= 16 && method.All(char.IsAsciiLetterUpper) ? method : "this method";
}
