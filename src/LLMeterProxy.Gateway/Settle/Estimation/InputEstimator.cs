using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>
/// Estimates the input of a request from its body alone, for calls of which no provider said anything. Slow (it tokenises):
/// never for a call whose usage is reported.
/// </summary>
internal static class InputEstimator
{
    private const int BytesPerTokenOfUnreadable = 4;

    /// <param name="body">As the client sent it.</param>
    /// <param name="model">Its name in any spelling; empty where there is none.</param>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    public static EstimatedInput Estimate(ReadOnlySpan<byte> body, string model, string operation)
    {
        var family = ModelFamilies.Of(model);
        if (body.IsEmpty)
        {
            return default;
        }

        if (FormReader.IsForm(body))
        {
            List<string> texts = [];
            List<Media> files = [];
            FormReader.Read(body, texts, files);
            return WithMedia(texts.Sum(text => (long)Tokenizers.For(model).CountTokens(text)), files, family, model);
        }

        var prompt = new PromptReader(Tokenizers.For(model));
        return prompt.Read(body)
            ? WithMedia(PromptFrame.Of(family, model).Total(prompt, IsChat(operation)), prompt.Media, family, model)
            : new EstimatedInput(body.Length / BytesPerTokenOfUnreadable, 0, 0, 0);
    }

    private static bool IsChat(string operation) => operation is not (
        Operations.Completions or Operations.Embeddings or Operations.Moderations or Operations.Rerank or Operations.Images or Operations.Speech
        or Operations.Transcription or Operations.Translation or Operations.Ocr or Operations.Classify or Operations.Predict);

    private static EstimatedInput WithMedia(long text, IReadOnlyList<Media> all, ModelFamily family, string model)
    {
        long image = 0, audio = 0;
        var seconds = 0.0;
        foreach (var media in all)
        {
            switch (media.Kind)
            {
                case MediaKind.Audio:
                    audio += MediaTokens.Audio(media, family);
                    seconds += media.Seconds;
                    break;
                case MediaKind.Document:
                    image += MediaTokens.Document(media, family);
                    break;
                case MediaKind.Video:
                    image += MediaTokens.Video(media);
                    break;
                case MediaKind.Image:
                    image += ImageTokens.Of(media, family, model);
                    break;
                default:
                    break;
            }
        }

        return new EstimatedInput(text, image, audio, seconds);
    }
}
