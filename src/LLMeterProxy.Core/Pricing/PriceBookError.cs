namespace LLMeterProxy.Core.Pricing;

/// <summary>One thing that is wrong in a price file.</summary>
/// <param name="Key">The path of the value: <c>lists.openai.models.gpt-4o.prices[0].perMillionTokens.input_token</c>.</param>
/// <param name="Value">As it stands in the file, shortened.</param>
/// <param name="Fix">What would be right.</param>
public sealed record PriceBookError(string Key, string Value, string Fix)
{
    public override string ToString() => $"{Key}: {Value}: {Fix}";
}
