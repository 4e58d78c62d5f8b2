using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>
/// Counts what a model is shown in a request body of any dialect: texts, arguments and results of tools, definitions of tools
/// and schemas, media. Settings and ids are not shown. Bounded: past the limit text is measured and no longer tokenised.
/// </summary>
internal sealed class PromptReader(Tokenizer tokenizer)
{
    /// <summary>Bytes that are tokenised; more would cost more than the estimate is worth.</summary>
    private const int MaxTokenized = 256 * 1024;

    private const int MaxDepth = 256;
    private const int MaxMedia = 1_000;

    private readonly List<Media> _media = [];
    private long _tokenized;
    private long _tokens;
    private bool _isLowDetail;

    public double TextTokens { get; private set; }

    public double SchemaTokens { get; private set; }

    /// <summary>Messages of the conversation that name their role.</summary>
    public int Messages { get; private set; }

    /// <summary>Definitions of tools, or 0.</summary>
    public int Tools { get; private set; }

    public IReadOnlyList<Media> Media => _media;

    /// <returns>False where the body is no JSON.</returns>
    public bool Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (json.Read())
            {
                ReadValue(ref json, body, "", isDocument: false);
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <param name="isDocument">Inside the arguments or the result of a tool: everything there is shown, names too.</param>
    private void ReadValue(ref Utf8JsonReader json, ReadOnlySpan<byte> body, string name, bool isDocument)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(ref json, body, isDocument);
                break;
            case JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    ReadValue(ref json, body, name, isDocument);
                }

                break;
            case JsonTokenType.String:
                ReadText(ref json, name);
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null when isDocument:
                TextTokens += 1;
                break;
            default:
                break;
        }
    }

    private void ReadObject(ref Utf8JsonReader json, ReadOnlySpan<byte> body, bool isDocument)
    {
        var isTop = json.CurrentDepth == 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (isDocument)
            {
                TextTokens += Count(name) + 2;
                ReadValue(ref json, body, name, isDocument);
            }
            else
            {
                ReadField(ref json, body, name, isTop);
            }
        }

        _isLowDetail = false;
    }

    private void ReadField(ref Utf8JsonReader json, ReadOnlySpan<byte> body, string name, bool isTop)
    {
        if (name == "detail" && json.TokenType == JsonTokenType.String)
        {
            _isLowDetail = json.ValueTextEquals("low"u8);
        }

        Messages += name == "role" ? 1 : 0;
        if (PromptFields.IsSetting(name))
        {
            json.Skip();
        }
        else if (PromptFields.IsSchema(name))
        {
            ReadSchema(ref json, body, PromptFields.IsTools(name));
        }
        else
        {
            var isDocument = !isTop && PromptFields.IsDocument(name) && json.TokenType == JsonTokenType.StartObject;
            ReadValue(ref json, body, name, isDocument);
        }
    }

    private void ReadSchema(ref Utf8JsonReader json, ReadOnlySpan<byte> body, bool isTools)
    {
        var start = (int)json.TokenStartIndex;
        json.Skip();
        var raw = body[start..(int)json.BytesConsumed];

        // An empty list defines nothing.
        if (raw.Length > 2)
        {
            SchemaTokens += Count(Encoding.UTF8.GetString(raw));
            Tools += isTools ? 1 : 0;
        }
    }

    private void ReadText(ref Utf8JsonReader json, string name)
    {
        if (InlineMedia.TryRead(json.ValueSpan, out var media))
        {
            AddMedia(media with { IsLowDetail = _isLowDetail });
        }
        else if (PromptFields.IsReference(name) && json.ValueSpan.IndexOf("://"u8) is > 0 and < 8)
        {
            AddMedia(new Media(MediaKind.Image) { IsLowDetail = _isLowDetail });
        }
        else
        {
            TextTokens += Count(json.GetString()!);
        }
    }

    private double Count(string text)
    {
        if (_tokenized >= MaxTokenized)
        {
            // The rest is taken to be like what was read.
            return text.Length * (_tokens / (double)_tokenized);
        }

        if (text.Length > MaxTokenized)
        {
            var start = text[..MaxTokenized];
            return Count(start) * text.Length / start.Length;
        }

        var tokens = tokenizer.CountTokens(text);
        _tokens += tokens;
        _tokenized += text.Length;
        return tokens;
    }

    private void AddMedia(in Media media)
    {
        if (_media.Count < MaxMedia)
        {
            _media.Add(media);
        }
    }
}
