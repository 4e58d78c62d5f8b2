namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>The family of a model by its name, in whatever provider's spelling.</summary>
internal static class ModelFamilies
{
    // In this order: a distilled model is called after both of its parents, and gpt-oss is no GPT.
    private static readonly (string Part, ModelFamily Family)[] _parts =
    [
        ("claude", ModelFamily.Claude),
        ("gemini", ModelFamily.Gemini),
        ("gemma", ModelFamily.Gemma),
        ("gpt-oss", ModelFamily.GptOss),
        ("llama", ModelFamily.Llama),
        ("mistral", ModelFamily.Mistral),
        ("ministral", ModelFamily.Mistral),
        ("mixtral", ModelFamily.Mistral),
        ("magistral", ModelFamily.Mistral),
        ("codestral", ModelFamily.Mistral),
        ("pixtral", ModelFamily.Mistral),
        ("voxtral", ModelFamily.Mistral),
        ("command", ModelFamily.Plain),
        ("sonar", ModelFamily.Plain),
        ("titan", ModelFamily.Plain),
        ("nova", ModelFamily.Nova),
        ("gpt", ModelFamily.OpenAi),
        ("codex", ModelFamily.OpenAi),
    ];

    public static ModelFamily Of(string model)
    {
        foreach (var (part, family) in _parts)
        {
            if (model.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return family;
            }
        }

        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        var isReasoner = name.Length >= 2 && name[0] == 'o' && char.IsAsciiDigit(name[1]);
        return isReasoner ? ModelFamily.OpenAi : ModelFamily.Other;
    }
}
