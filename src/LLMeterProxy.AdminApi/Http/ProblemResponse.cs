namespace LLMeterProxy.AdminApi.Http;

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Type">Always <c>about:blank</c>: the code says what happened.</param>
/// <param name="Title">The HTTP reason phrase.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what to do, for people.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Errors">Everything that is wrong by field; null where the error is not about fields.</param>
public sealed record ProblemResponse(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors);
