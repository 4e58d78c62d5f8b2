namespace LLMeterProxy.Fuzz;

/// <summary>One rule that must hold for whatever a case is made of.</summary>
internal interface IFuzzTarget
{
    /// <summary>As it is printed.</summary>
    string Name { get; }

    /// <summary>Runs one case. The random numbers are all that it depends on. Thread-safe.</summary>
    /// <returns>Null where the rule holds; else what was expected and what came, with the body.</returns>
    string? Run(Random random);
}
