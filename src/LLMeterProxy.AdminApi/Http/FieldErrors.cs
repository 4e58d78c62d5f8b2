using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>Collects what is wrong with a request, so that a caller learns all of it at once.</summary>
internal sealed class FieldErrors
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> _errors = new(StringComparer.Ordinal);

    public bool Any => _errors.Count > 0;

    public void Add(string field, string message) =>
        _errors[field] = _errors.TryGetValue(field, out var known) ? [.. known, message] : [message];

    public bool Has(string field) => _errors.ContainsKey(field);

    /// <summary>400 <c>validation_failed</c>; the detail repeats the errors for people who read only that.</summary>
    public IResult ToProblem() => Problems.Of(
        StatusCodes.Status400BadRequest,
        "validation_failed",
        string.Join("; ", _errors.Select(e => $"{e.Key}: {string.Join(", ", e.Value)}")),
        _errors);
}
