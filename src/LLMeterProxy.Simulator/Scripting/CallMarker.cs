using System.Text;

namespace LLMeterProxy.Simulator.Scripting;

/// <summary>
/// A name that the caller gives a call, written <c>[[call:NAME]]</c> anywhere in its text, so that the provider's bill can be
/// held against any other account of the same call, even where no response ever named an id.
/// </summary>
public static class CallMarker
{
    private static ReadOnlySpan<byte> Opening => "[[call:"u8;

    private static ReadOnlySpan<byte> Closing => "]]"u8;

    /// <summary>The last marker in a body, or null; earlier ones are chat history.</summary>
    public static string? Find(ReadOnlySpan<byte> body)
    {
        var start = body.LastIndexOf(Opening);
        if (start < 0)
            return null;
        var inside = body[(start + Opening.Length)..];
        var end = inside.IndexOf(Closing);
        return end < 0 ? null : Encoding.UTF8.GetString(inside[..end]);
    }

    /// <summary>Writes the marker of a call for its prompt.</summary>
    public static string Of(string name) => $"[[call:{name}]]";
}
