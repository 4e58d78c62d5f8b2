using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>Every error answer of the admin API. The codes are part of the contract.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    public static IResult Of(int status, string code, string detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null) =>
        TypedResults.Json(
            new ProblemResponse("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, code, errors),
            AdminJson.Default.ProblemResponse,
            ContentType,
            status);

    public static IResult Unauthorized() =>
        Of(StatusCodes.Status401Unauthorized, "unauthorized", "Send the admin token as 'Authorization: Bearer <token>'.");

    public static IResult UnknownRoute() =>
        Of(StatusCodes.Status404NotFound, "unknown_url", "No such route. /openapi/v1.json lists all of them.");

    /// <summary>The route is known, the method is not. The caller sets <c>Allow</c>.</summary>
    public static IResult MethodNotAllowed(string allowed) =>
        Of(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"This route has {allowed} only.");

    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, $"{what}_not_found", $"There is no such {what}.");

    public static IResult Conflict(string code, string detail) => Of(StatusCodes.Status409Conflict, code, detail);

    public static IResult VersionMismatch() =>
        Of(StatusCodes.Status412PreconditionFailed, "version_mismatch", "It was changed since you read it. Read it again and repeat the change.");

    public static IResult ConcurrentChange() =>
        Conflict("concurrent_change", "Others keep changing this at the same moment. Try again.");

    public static IResult StoreUnavailable() => Of(
        StatusCodes.Status503ServiceUnavailable,
        "store_unavailable",
        "The ledger cannot be reached. If this was a change, it may have been made: read what it changes before you repeat it.");

    public static IResult BadRequest(string code, string detail) => Of(StatusCodes.Status400BadRequest, code, detail);
}
