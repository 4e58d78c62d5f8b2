namespace LLMeterProxy.Simulator.Scripting;

/// <summary>What a provider bills for an answer that did not end in the normal way.</summary>
public enum BillingRule
{
    /// <summary>The shape's own rule: the tokens produced so far, or all of them for Gemini.</summary>
    Provider,

    /// <summary>The input and the tokens whose event the provider had begun to write.</summary>
    Produced,

    /// <summary>Everything, delivered or not.</summary>
    Full,

    /// <summary>Nothing.</summary>
    None,
}
