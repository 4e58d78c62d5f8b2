using System.Buffers.Text;
using System.Text.Json;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>
/// The one pass over a request body. Every token is visited, so that a body that ends well is valid JSON to its last byte;
/// members that are read are refused where they come twice at one level, because parsers differ in which one they take (T36, T37).
/// Anything wrong is a <see cref="RefusedBodyException"/> or a <see cref="JsonException"/>.
/// </summary>
internal ref struct JsonWalk
{
    private const int LongestExactNumber = 300;

    private readonly ReadOnlySpan<byte> _body;
    private JsonTokens _json;

    public JsonWalk(ReadOnlySpan<byte> body)
    {
        _body = body;
        _json = new JsonTokens(body);
    }

    public readonly JsonTokenType Token => _json.TokenType;

    public readonly bool IsNull => _json.TokenType == JsonTokenType.Null;

    /// <summary>Offset of the current token's first byte.</summary>
    public readonly int Start => _json.Start;

    /// <summary>Offset behind the current token.</summary>
    public readonly int End => _json.End;

    public readonly int Depth => _json.CurrentDepth;

    public static RefusedBodyException Malformed() => new(ProblemCode.InvalidJson, "The request body is not valid JSON in UTF-8.");

    /// <summary>Enters the top-level object.</summary>
    public void Open()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
            throw new RefusedBodyException(ProblemCode.InvalidJson, "The request body must be a JSON object.");
    }

    /// <summary>Makes sure that nothing follows the top-level object.</summary>
    public void Close()
    {
        if (_json.Read())
            throw Malformed();
    }

    public void Next()
    {
        if (!_json.Read())
            throw Malformed();
        if (_json.TokenType == JsonTokenType.Number)
            RequireFinite();
    }

    /// <summary>Advances to the next member name of the object that is open.</summary>
    /// <returns>False at its end.</returns>
    public bool NextMember()
    {
        Next();
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Advances to the next element of the array that is open.</summary>
    /// <returns>False at its end.</returns>
    public bool NextElement()
    {
        Next();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Which member the current name is.</summary>
    public readonly Field Find(FieldTable table) => Find(table, refuseFolded: false, out _);

    /// <summary>Finds the current name, refuses a member that was seen before, and advances to its value.</summary>
    /// <param name="seen">One bit a field of the table, for the object that is open.</param>
    /// <param name="refuseFolded">Refuse names that a case-insensitive parser could take for one of the table.</param>
    public Field Take(FieldTable table, ref ulong seen, bool refuseFolded = false)
    {
        var field = Find(table, refuseFolded, out var position);
        if (field != Field.Unknown)
        {
            var bit = 1UL << position;
            if ((seen & bit) != 0)
                throw RefusedBodyException.Duplicate(Name());
            seen |= bit;
        }

        Next();
        return field;
    }

    /// <summary>The current member name, for messages; at most 64 characters.</summary>
    public readonly string Name()
    {
        var name = _json.GetString();
        return name.Length <= 64 ? name : name[..64];
    }

    /// <summary>Passes over the current value.</summary>
    public void Skip()
    {
        if (_json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = _json.CurrentDepth;
        do
            Next();
        while (_json.CurrentDepth > depth);
    }

    /// <returns>Null for a JSON null.</returns>
    public readonly string? ReadString(string param, int longest)
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        if (_json.TokenType != JsonTokenType.String)
            throw RefusedBodyException.InvalidValue(param, "a string is expected");
        // An escape takes at most 6 bytes for one character.
        if (_json.ValueSpan.Length > longest * 6)
            throw RefusedBodyException.InvalidValue(param, $"at most {longest} characters are allowed");

        var text = _json.GetString();
        if (text.Length > longest)
            throw RefusedBodyException.InvalidValue(param, $"at most {longest} characters are allowed");
        return text;
    }

    /// <returns>Null where the value is no string or takes more bytes than this in the body.</returns>
    public readonly string? ShortString(int mostBytes) =>
        _json.TokenType == JsonTokenType.String && _json.ValueSpan.Length <= mostBytes ? _json.GetString() : null;

    /// <returns>Null for a JSON null.</returns>
    public readonly bool? ReadBool(string param) => _json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => throw RefusedBodyException.InvalidValue(param, "true or false is expected"),
    };

    /// <returns>Null for a JSON null.</returns>
    public readonly long? ReadInteger(string param, long least, long most)
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;
        if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var value) || value < least || value > most)
        {
            throw RefusedBodyException.InvalidValue(
                param, most == long.MaxValue ? $"an integer of at least {least} is expected" : $"an integer from {least} to {most} is expected");
        }

        return value;
    }

    /// <summary>True where the current value is this string, escapes resolved.</summary>
    public readonly bool IsString(ReadOnlySpan<byte> text) => _json.TokenType == JsonTokenType.String && _json.ValueTextEquals(text);

    /// <summary>True where the current value is a string that begins so. An escape within the beginning does not count.</summary>
    public readonly bool StringStartsWith(ReadOnlySpan<byte> text) =>
        _json.TokenType == JsonTokenType.String && _json.ValueSpan.StartsWith(text);

    /// <summary>True where the current value is a string with something in it.</summary>
    public readonly bool IsFilledString => _json.TokenType == JsonTokenType.String && !_json.ValueSpan.IsEmpty;

    /// <summary>True where the object or array that was just entered has nothing in it.</summary>
    public readonly bool IsEmptyContainer =>
        Token is JsonTokenType.StartObject or JsonTokenType.StartArray
        && _body[End..].TrimStart(" \t\r\n"u8) is [(byte)'}' or (byte)']', ..];

    private readonly Field Find(FieldTable table, bool refuseFolded, out int position)
    {
        var raw = _json.ValueSpan;
        if (!_json.ValueIsEscaped)
            return Find(table, raw, refuseFolded, out position);

        position = 0;
        if (raw.Length > table.Longest * 6)
            return Field.Unknown;
        Span<byte> unescaped = stackalloc byte[raw.Length];
        return Find(table, unescaped[.._json.CopyString(unescaped)], refuseFolded, out position);
    }

    private readonly Field Find(FieldTable table, ReadOnlySpan<byte> name, bool refuseFolded, out int position)
    {
        var field = table.Find(name, out position);
        if (field == Field.Unknown && refuseFolded && table.IsFoldedName(name))
            throw new RefusedBodyException(ProblemCode.InvalidValue, $"The member '{Name()}' is not known in this spelling.", Name());
        return field;
    }

    // 1e999 is a number to some parsers and infinity or an error to others (T38).
    private readonly void RequireFinite()
    {
        var digits = _json.ValueSpan;
        if (digits.Length < LongestExactNumber && !digits.ContainsAny((byte)'e', (byte)'E'))
            return;
        if (!Utf8Parser.TryParse(digits, out double value, out _) || !double.IsFinite(value))
            throw Malformed();
    }
}
