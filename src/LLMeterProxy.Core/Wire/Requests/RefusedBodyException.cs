using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>Ends the pass over a body with what the client gets. Never leaves this folder: <see cref="RequestBody"/> catches it.</summary>
internal sealed class RefusedBodyException(ProblemCode code, string message, string? param = null) : Exception(message)
{
    public Problem Problem { get; } = new(code, message, param);

    public static RefusedBodyException Duplicate(string name) =>
        new(ProblemCode.DuplicateProperty, $"The member '{name}' is given more than once.", name);

    public static RefusedBodyException InvalidValue(string param, string expected) =>
        new(ProblemCode.InvalidValue, $"Invalid value for '{param}': {expected}.", param);
}
