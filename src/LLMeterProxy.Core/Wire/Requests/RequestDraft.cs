using System.Globalization;
using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>The facts of a body while it is read.</summary>
internal sealed class RequestDraft
{
    private const int LongestModel = 256;
    private const int LongestEndUser = 256;
    private const int LongestTier = 64;
    private const int MostChoices = 128;
    private const int MostPrompts = 65_536;

    private List<BodySplice>? _outputLimits;
    private List<string>? _otherModels;
    private List<UploadedFile>? _uploads;
    private bool _unboundedTool;

    /// <summary>Offset behind the opening brace: where a member can be inserted.</summary>
    public int BodyStart { get; set; }

    public bool BodyIsEmpty { get; set; }

    public string? Model { get; set; }

    public bool Stream { get; set; }

    public long? MaxOutputTokens { get; set; }

    /// <summary>The larger of n and best_of.</summary>
    public long Choices { get; private set; } = 1;

    /// <summary>Prompts of a legacy completion, each of which is answered.</summary>
    public long Prompts { get; set; } = 1;

    /// <inheritdoc cref="RequestFacts.Units"/>
    public IReadOnlyList<UnitCount> Units { get; set; } = [];

    public string? ServiceTier { get; private set; }

    public string? EndUser { get; private set; }

    public string? HiddenInput { get; private set; }

    public string? ServerTool { get; private set; }

    public long? ServerToolCalls { get; private set; }

    public bool? IncludeUsage { get; set; }

    public BodySplice? UsageSplice { get; set; }

    /// <summary>The server answers such a call with an error where it asks for usage in the stream.</summary>
    public bool RefusesStreamOptions { get; set; }

    public BodySplice? OutputLimitInsertion { get; private set; }

    public ReadOnlyMemory<byte> OutputLimitSuffix { get; private set; }

    public void ReadModel(ref JsonWalk walk)
    {
        if (walk.ReadString("model", LongestModel) is { Length: > 0 } model)
            TakeModel(model);
    }

    /// <summary>Takes a model's name, which is not empty.</summary>
    public void TakeModel(string model)
    {
        if (model.Length > LongestModel)
            throw RefusedBodyException.InvalidValue("model", $"at most {LongestModel} characters are allowed");
        foreach (var character in model)
        {
            if (char.IsControl(character))
                throw RefusedBodyException.InvalidValue("model", "control characters are not allowed");
        }

        Model = model;
    }

    /// <summary>Sets where a clamp can add an output limit, in place of an earlier offer.</summary>
    public void OfferLimit(BodySplice insertion, ReadOnlyMemory<byte> suffix)
    {
        OutputLimitInsertion = insertion;
        OutputLimitSuffix = suffix;
    }

    /// <summary>Takes back what was offered: the body has no place for a limit of the name.</summary>
    public void OfferNoLimit() => OutputLimitInsertion = null;

    /// <param name="replacesNull">
    /// A clamp adds this very member: where it is null, the number takes the null's place, because a second member of the
    /// name would make the body ambiguous.
    /// </param>
    public void ReadOutputLimit(ref JsonWalk walk, string param, bool replacesNull)
    {
        if (walk.IsNull && replacesNull)
            OfferLimit(new BodySplice(walk.Start, walk.End - walk.Start, default), default);
        if (walk.ReadInteger(param, 1, long.MaxValue) is not { } limit)
            return;
        MaxOutputTokens = Math.Max(MaxOutputTokens ?? 0, limit);
        (_outputLimits ??= []).Add(new BodySplice(walk.Start, walk.End - walk.Start, default));
    }

    public void ReadChoices(ref JsonWalk walk, string param) =>
        Choices = Math.Max(Choices, walk.ReadInteger(param, 1, MostChoices) ?? 1);

    /// <summary>Takes a number of choices that a form field states as text.</summary>
    public void TakeChoices(ReadOnlySpan<char> text, string param)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var choices) || choices is < 1 or > MostChoices)
            throw RefusedBodyException.InvalidValue(param, $"an integer from 1 to {MostChoices} is expected");
        Choices = Math.Max(Choices, choices);
    }

    /// <summary>Something that the request alone tells will be billed.</summary>
    public void AddUnit(string unit, decimal quantity) => Units = [.. Units, new UnitCount(unit, quantity)];

    public void AddUpload(UploadedFile file) => (_uploads ??= []).Add(file);

    public void ReadServiceTier(ref JsonWalk walk, string param)
    {
        var tier = walk.ReadString(param, LongestTier);
        if (tier is { Length: > 0 } and not ("auto" or "default" or "standard" or "standard_only"))
            ServiceTier = tier;
    }

    /// <summary>Anthropic's fast mode is priced like a tier.</summary>
    public void ReadSpeed(ref JsonWalk walk)
    {
        if (walk.ReadString("speed", LongestTier) is { Length: > 0 } speed and not "standard")
            ServiceTier ??= speed;
    }

    /// <summary>Takes a label; the first that the body names. What is no label (another type, control characters) is none (T47).</summary>
    public void ReadEndUser(ref JsonWalk walk)
    {
        if (EndUser is null && walk.ShortString(LongestEndUser * 6) is { Length: > 0 } label)
            TakeEndUser(label);
    }

    /// <inheritdoc cref="ReadEndUser"/>
    public void TakeEndUser(string label)
    {
        if (EndUser is not null || label.Length == 0)
            return;
        foreach (var character in label)
        {
            if (char.IsControl(character))
                return;
        }

        var length = Math.Min(label.Length, LongestEndUser);
        EndUser = label[..(char.IsHighSurrogate(label[length - 1]) ? length - 1 : length)];
    }

    /// <summary>Notes a model that the provider may answer with instead (fall-backs); one call is held and priced for one model (T33).</summary>
    public void ReadOtherModels(ref JsonWalk walk)
    {
        if (walk.IsNull)
            return;
        if (walk.Token != JsonTokenType.StartArray)
            throw RefusedBodyException.InvalidValue("models", "an array is expected");
        while (walk.NextElement())
        {
            if (walk.ReadString("models", LongestModel) is { Length: > 0 } other)
                (_otherModels ??= []).Add(other);
        }
    }

    public void Hide(string field) => HiddenInput ??= field;

    /// <summary>Passes over a value that points to input elsewhere; null, an empty array and an empty object do not.</summary>
    public void HideUnlessEmpty(ref JsonWalk walk, string field)
    {
        if (!walk.IsNull && !walk.IsEmptyContainer)
            Hide(field);
        walk.Skip();
    }

    public void UseServerTool(string type, long? mostCalls = null)
    {
        ServerTool ??= type;
        if (mostCalls is { } calls)
            ServerToolCalls = (ServerToolCalls ?? 0) + calls;
        else
            _unboundedTool = true;
    }

    /// <summary>A bound over all server tools together.</summary>
    public long? MaxToolCalls { get; set; }

    public RequestFacts Build(Route route)
    {
        if (Model is null && route.Treatment == RouteTreatment.Metered)
            throw new RefusedBodyException(ProblemCode.MissingModel, "You must provide a model.", "model");
        if (_otherModels?.Exists(other => other != Model) == true)
            throw new RefusedBodyException(ProblemCode.ConflictingModel, "The request names more than one model; name one in 'model'.", "models");

        var toolCalls = MaxToolCalls ?? (_unboundedTool ? null : ServerToolCalls);
        return new RequestFacts
        {
            Model = Model,
            Stream = Stream,
            MaxOutputTokens = MaxOutputTokens,
            Choices = (int)(Choices * Math.Clamp(Prompts, 1, MostPrompts)),
            ServiceTier = ServiceTier,
            EndUser = EndUser,
            HiddenInput = HiddenInput,
            ServerTool = ServerTool,
            ServerToolCalls = ServerTool is null || toolCalls is null ? null : (int)Math.Min(toolCalls.Value, int.MaxValue),
            Units = Units,
            Uploads = _uploads is null ? [] : _uploads,
            IncludeUsage = IncludeUsage,
            UsageSplice = UsageSplice,
            OutputLimits = _outputLimits is null ? [] : _outputLimits,
            OutputLimitInsertion = _outputLimits is null ? OutputLimitInsertion : null,
            OutputLimitSuffix = _outputLimits is null ? OutputLimitSuffix : default,
        };
    }
}
