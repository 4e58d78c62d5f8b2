using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire;

/// <summary>Facts, or the problem that the client gets. Exactly one of the two is set.</summary>
public readonly record struct RequestReading(RequestFacts? Facts, Problem? Problem)
{
    public static implicit operator RequestReading(RequestFacts facts) => new(facts, null);

    public static implicit operator RequestReading(Problem problem) => new(null, problem);
}
