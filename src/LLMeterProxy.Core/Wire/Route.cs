namespace LLMeterProxy.Core.Wire;

/// <summary>One line of a dialect's route table.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="Template">
/// The provider's own path, so that a test can list it: <c>{model}</c>, <c>{id}</c> and other names stand for one segment,
/// <c>{prefix}</c> at the start for none to four, <c>{rest}</c> at the end for one to eight (refused routes only).
/// </param>
/// <param name="Operation">One of <see cref="Operations"/>.</param>
public sealed record Route(string Method, string Template, string Operation, RouteTreatment Treatment)
{
    /// <summary>
    /// The query parameters that are forwarded; all others are dropped (T27, T31). A name, or <c>name=value</c> where only
    /// that value is: Gemini's <c>alt=proto</c> and <c>fields=</c> would take the usage out of the response.
    /// </summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>What the request body may be.</summary>
    public RequestForm Form { get; init; } = RequestForm.Json;
}
