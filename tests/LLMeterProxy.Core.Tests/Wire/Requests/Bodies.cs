using CsCheck;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

/// <summary>Random request bodies as text, so that white space, order and escapes vary.</summary>
internal static class Bodies
{
    private static readonly Gen<string> _space = Gen.OneOf("", "", " ", "\n\t");

    private static readonly Gen<string> _streamOptions = Gen.OneOf(
        "null", "{}", "{ }", """{"include_usage":true}""", """{"include_usage": false}""", """{"include_usage":null}""",
        """{"include_obfuscation":false}""", """{"include_obfuscation":false, "include_usage":false}""",
        """{"include_usage":false,"continuous_usage_stats":true}""", """{ "x":{"include_usage":true} }""");

    private static readonly Gen<string> _other = Gen.OneOf(
        "\"temperature\":0.5", "\"messages\":[{\"role\":\"user\",\"content\":\"stream_options\"}]", "\"user\":\"\\u00e9\\\"\"",
        "\"metadata\":{\"stream_options\":{}}", "\"stop\":[\"}\",\"{\"]", "\"n\":2", "\"max_tokens\":77", "\"max_completion_tokens\":88",
        "\"max_completion_tokens\":null", "\"seed\":1");

    /// <summary>Valid streamed chat calls with and without stream options.</summary>
    public static readonly Gen<string> ChatStreams =
        from others in _other.Array[0, 5]
        from options in _streamOptions
        from hasOptions in Gen.Bool
        from place in Gen.Int[0, 7]
        from space in _space
        let members = Ordered([.. others.DistinctBy(Name), "\"model\":\"m\"", "\"stream\":true"], hasOptions ? "\"stream_options\":" + space + options : null, place)
        select space + "{" + space + string.Join(space + "," + space, members) + space + "}" + space;

    private static string Name(string member) => member[..member.IndexOf(':', StringComparison.Ordinal)];

    private static List<string> Ordered(List<string> members, string? options, int place)
    {
        var turned = members.Skip(place % members.Count).Concat(members.Take(place % members.Count)).ToList();
        if (options is not null)
            turned.Insert(place % (turned.Count + 1), options);
        return turned;
    }
}
