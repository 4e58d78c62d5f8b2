namespace LLMeterProxy.Core.Wire;

/// <summary>One line of a dialect's route table.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="Template">The provider's own path; <c>{model}</c> and <c>{id}</c> stand for one segment, so that a test can list it.</param>
/// <param name="Operation">One of <see cref="Operations"/>.</param>
public sealed record Route(string Method, string Template, string Operation, RouteTreatment Treatment);
