using Microsoft.ML.Tokenizers;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>The two public vocabularies, each built at its first use: megabytes that most processes never need.</summary>
internal static class Tokenizers
{
    private static readonly Lazy<Tokenizer> _o200k = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));
    private static readonly Lazy<Tokenizer> _cl100k = new(() => TiktokenTokenizer.CreateForEncoding("cl100k_base"));

    /// <summary>The vocabulary of the model, or the one that is nearest to it.</summary>
    public static Tokenizer For(string model) => UsesCl100k(model) ? _cl100k.Value : _o200k.Value;

    private static bool UsesCl100k(string model) =>
        model.Contains("text-embedding", StringComparison.OrdinalIgnoreCase)
        || model.Contains("gpt-3.5", StringComparison.OrdinalIgnoreCase)
        || (model.Contains("gpt-4", StringComparison.OrdinalIgnoreCase)
            && !model.Contains("gpt-4o", StringComparison.OrdinalIgnoreCase)
            && !model.Contains("gpt-4.", StringComparison.OrdinalIgnoreCase));
}
