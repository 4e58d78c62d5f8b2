namespace LLMeterProxy.Core.Wire;

/// <summary>The answer of a route table.</summary>
/// <param name="Match">Null where path or method is not in the table.</param>
/// <param name="AllowedMethods">Where the path is known under other methods (405 with Allow): those, comma-separated; else null.</param>
public readonly record struct RouteResult(RouteMatch? Match, string? AllowedMethods = null);
