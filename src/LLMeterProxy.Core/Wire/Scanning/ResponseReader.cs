using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Turns the fields that the scanners find in one response into a report: one subclass for each family of formats. The last
/// usage that states a count wins as a whole; usages are never summed or merged (captured streams repeat it, let it fall and
/// state it early). One document is an event's data, a JSON body, or one object of a JSON array.
/// </summary>
internal abstract class ResponseReader : IFieldSink
{
    private string? _model;
    private string? _id;
    private string? _tier;
    private byte[] _raw = [];
    private int _rawLength;
    private bool _documentHasUsage;
    private bool _invalid;
    private bool _ambiguous;

    /// <summary>The paths to follow in the data of an event.</summary>
    public abstract FieldNode EventFields { get; }

    /// <summary>The paths to follow in a JSON body.</summary>
    public virtual FieldNode BodyFields => EventFields;

    public abstract TerminalEvents Terminal { get; }

    /// <summary>A stream of this format may be JSON documents one after the other (NDJSON).</summary>
    public virtual bool SpeaksLines => false;

    /// <summary>The members of an event whose strings are generated text, with their quotes.</summary>
    public abstract byte[][] TextMembers { get; }

    public bool FinishSeen { get; protected set; }

    public bool ErrorSeen { get; private set; }

    /// <summary>The model where the body names none: some hosts state it in a response header.</summary>
    public string? HeadModel { get; set; }

    /// <summary>The tier where the body names none, from a response header.</summary>
    public string? HeadServiceTier { get; set; }

    /// <summary>Bytes of generated text seen, as escaped on the wire.</summary>
    public long TextBytes { get; set; }

    /// <summary>The current document has a usage object, with or without counts.</summary>
    public bool DocumentStatesUsage { get; private set; }

    /// <summary>The current document has a choice, or an error.</summary>
    public bool DocumentHasContent { get; private set; }

    /// <summary>The current document says that it is the last.</summary>
    public bool DocumentIsTerminal { get; private set; }

    /// <summary>The current document has stated its type.</summary>
    public bool DocumentHasType { get; private set; }

    /// <summary>The first object of a stream is always read: it names the model.</summary>
    protected bool IsModelKnown => _model is not null;

    /// <summary>For formats that name no model: the first object names the response.</summary>
    protected bool IsIdKnown => _id is not null;

    protected UsageReading? Latest { get; private set; }

    /// <summary>True where an event may hold something that the record needs; a search, no parsing.</summary>
    public abstract bool IsCandidate(ReadOnlySpan<byte> rawEvent);

    /// <summary>Called before each document.</summary>
    public virtual void BeginDocument()
    {
        _documentHasUsage = false;
        DocumentHasType = false;
        DocumentStatesUsage = false;
        DocumentHasContent = false;
        DocumentIsTerminal = false;
    }

    /// <summary>An event of this name came, whatever its data.</summary>
    public virtual void OnEventName(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("error"u8))
        {
            ErrorSeen = true;
        }
    }

    public void OnText(int length) => TextBytes += length;

    public virtual void OnObjectEnd() => _documentHasUsage = false;

    public virtual void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut)
    {
        switch (field)
        {
            case ResponseField.Usage:
                TakeUsage(raw, cut);
                break;
            case ResponseField.UsageCopy when !_documentHasUsage:
                TakeUsage(raw, cut);
                _documentHasUsage = false;
                break;
            case ResponseField.Model when !cut:
                JsonText.Update(ref _model, raw);
                break;
            case ResponseField.Id when !cut:
                JsonText.Update(ref _id, raw);
                break;
            case ResponseField.ServiceTier when !cut:
                JsonText.Update(ref _tier, raw);
                break;
            case ResponseField.FinishReason when !JsonText.IsNull(raw):
                FinishSeen = true;
                break;
            case ResponseField.Error when !JsonText.IsNull(raw):
                ErrorSeen = true;
                DocumentHasContent = true;
                break;
            case ResponseField.Choice:
                DocumentHasContent = true;
                break;
            case ResponseField.Done when raw.SequenceEqual("true"u8):
                DocumentIsTerminal = true;
                FinishSeen = true;
                break;
            case ResponseField.Type when raw is [(byte)'"', .., (byte)'"']:
                OnType(raw[1..^1]);
                break;
        }
    }

    /// <param name="terminalSeen">The framing saw the end.</param>
    public virtual UsageReport Report(bool terminalSeen)
    {
        var flags = new List<string>();
        if (_invalid)
        {
            flags.Add(UsageFlags.UsageInvalid);
        }

        if (_ambiguous)
        {
            flags.Add(UsageFlags.UsageAmbiguous);
        }

        if (Latest is { IsInconsistent: true })
        {
            flags.Add(UsageFlags.UsageInconsistent);
        }

        if (Latest is { HasUnknownNumber: true })
        {
            flags.Add(UsageFlags.UnpricedDimension);
        }

        return new UsageReport
        {
            Usage = Latest?.Usage,
            IsFinal = Latest is not null && (FinishSeen || terminalSeen),
            Model = _model ?? HeadModel,
            ServiceTier = ServiceTiers.Normalise(Latest?.ServiceTier ?? _tier ?? HeadServiceTier),
            ResponseId = _id,
            Speed = Latest?.Speed,
            InferenceGeo = Latest?.InferenceGeo,
            ProviderCost = Latest?.ProviderCost,
            Extra = Latest?.Extra ?? [],
            RawUsage = RawUsage.WithoutText(_raw.AsSpan(0, _rawLength)),
            Flags = flags,
            OutputTextBytes = TextBytes,
            FinishSeen = FinishSeen,
            TerminalSeen = terminalSeen,
            ErrorSeen = ErrorSeen,
        };
    }

    /// <summary>Reads a usage object.</summary>
    protected abstract UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading);

    protected virtual void OnType(ReadOnlySpan<byte> type)
    {
        DocumentHasType = true;
        if (Terminal.IsTerminalName(type))
        {
            DocumentIsTerminal = true;
        }

        if (type.SequenceEqual("error"u8))
        {
            ErrorSeen = true;
        }
    }

    protected void SetModel(string model) => _model = model;

    /// <summary>What the head of the response says; the body's own word wins.</summary>
    protected void SetServiceTier(string? tier) => _tier = tier;

    protected void MarkError() => ErrorSeen = true;

    private void TakeUsage(ReadOnlySpan<byte> raw, bool cut)
    {
        if (JsonText.IsNull(raw))
        {
            return;
        }

        DocumentStatesUsage |= raw[0] == '{';
        UsageReading? reading = null;
        Take(cut ? UsageState.Invalid : ReadUsage(raw, out reading), reading, raw);
    }

    /// <summary>Takes what was read as the usage of the current document.</summary>
    /// <param name="raw">As it is kept with the record.</param>
    protected void Take(UsageState state, UsageReading? reading, ReadOnlySpan<byte> raw)
    {
        if (state == UsageState.Absent)
        {
            return;
        }

        if (_documentHasUsage && state == UsageState.Read && Latest is not null && !IsLarger(reading!))
        {
            return;
        }

        _documentHasUsage = true;
        _invalid = state == UsageState.Invalid;
        Latest = reading;
        KeepRaw(raw);
    }

    // Two usages at one place of one document: whoever wrote them, the larger is charged (T61).
    private bool IsLarger(UsageReading reading)
    {
        var (old, now) = (Latest!.Usage, reading.Usage);
        var (oldTotal, nowTotal) = (old.InputTokens + old.OutputTokens, now.InputTokens + now.OutputTokens);
        if (oldTotal != nowTotal || old.InputTokens != now.InputTokens || old.UncachedInputTokens != now.UncachedInputTokens)
        {
            _ambiguous = true;
        }

        return nowTotal != oldTotal ? nowTotal > oldTotal : now.UncachedInputTokens + now.OutputTokens > old.UncachedInputTokens + old.OutputTokens;
    }

    private void KeepRaw(ReadOnlySpan<byte> raw)
    {
        if (_raw.Length < raw.Length)
        {
            _raw = new byte[Math.Max(512, raw.Length)];
        }

        raw.CopyTo(_raw);
        _rawLength = raw.Length;
    }
}
