using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>What a request for images, speech or transcription says of its bill, whether it came as JSON or as a form.</summary>
internal struct MediaFields
{
    public string? Size;
    public string? Quality;

    /// <summary>The body uses a parameter that only the GPT image models have, and then they are the default.</summary>
    public bool IsForGptImage;

    /// <summary>Unicode code points of the text to speak.</summary>
    public long Characters;

    /// <summary>Seconds of the sound to transcribe, by its header or its size.</summary>
    public decimal Seconds;

    public bool HasAnnotations;

    public readonly void Complete(RequestDraft draft, RouteMatch match, OpenAiRules rules)
    {
        switch (match.Route.Operation)
        {
            case Operations.Images:
                // OpenAI's reference: dall-e-2 unless a parameter of the GPT image models is used; an edit has another default.
                if (draft.Model is null && rules.ImageModel is { } standard && !IsForGptImage && !match.Route.Template.EndsWith("/edits", StringComparison.Ordinal))
                    draft.TakeModel(standard);
                draft.AddUnit(ImageUnits.Name(draft.Model, Size, Quality), draft.Choices);
                break;
            case Operations.Speech:
                draft.AddUnit(UnitNames.Character, Characters);
                break;
            case Operations.Transcription or Operations.Translation:
                draft.AddUnit(UnitNames.Second, Seconds);
                break;
            case Operations.Ocr:
                // How many pages a document has is not known before the answer.
                draft.AddUnit(HasAnnotations ? UnitNames.Qualified(UnitNames.Page, "annotated") : UnitNames.Page, 1);
                break;
            case Operations.Search:
                // The call has no model: it is priced under the operation's name.
                if (draft.Model is null)
                    draft.TakeModel(Operations.Search);
                draft.AddUnit(UnitNames.Request, 1);
                break;
        }
    }
}
