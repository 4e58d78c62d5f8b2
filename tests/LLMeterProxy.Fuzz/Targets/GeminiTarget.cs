using System.Text;
using LLMeterProxy.Fuzz.Reference;
using LLMeterProxy.Fuzz.Writing;

namespace LLMeterProxy.Fuzz.Targets;

/// <summary>Gemini content in its three forms: an object, an array of objects, an event stream.</summary>
internal sealed class GeminiTarget : IFuzzTarget
{
    public string Name => "generateContent";

    public string? Run(Random random)
    {
        var wire = new WireWriter(random);
        var form = random.Next(3);
        var body = Encoding.UTF8.GetBytes(Write(wire, random, form));
        var expected = form == 2 ? GeminiReference.ReadStream(body) : GeminiReference.ReadBody(body);
        var type = form == 2 ? "text/event-stream" : "application/json; charset=UTF-8";
        var path = "/v1beta/models/gemini-2.5-flash:" + (form == 0 ? "generateContent" : "streamGenerateContent");
        return ReadingCheck.Compare(random, ReadingCheck.Collector("gemini", path, type), body, expected);
    }

    /// <param name="form">0 an object, 1 an array, 2 events.</param>
    public static string Write(WireWriter wire, Random random, int form)
    {
        var model = "gemini-2.5-" + random.Next(3);
        var chunks = Enumerable.Range(0, form == 0 ? 1 : random.Next(1, 6)).Select(_ => Chunk(wire, random, model)).ToList();
        return form switch
        {
            0 => chunks[0],
            1 => "[" + string.Join(random.Next(2) == 0 ? "\n,\r\n" : ",", chunks) + "\n]",
            _ => wire.Stream([.. chunks.Select(c => ((string?)null, c))]),
        };
    }

    private static string Chunk(WireWriter wire, Random random, string model) => wire.Object(
        ordered: false,
        ("candidates", random.Next(6) == 0 ? null : wire.Array(wire.Object(
            ordered: false,
            ("content", wire.Object(ordered: false, ("parts", wire.Array(wire.Object(ordered: false, ("text", wire.Text(wire.Decoy()))))))),
            ("finishReason", wire.Maybe(3, () => wire.Text("STOP")))))),
        ("modelVersion", wire.Text(model)),
        ("usageMetadata", random.Next(6) switch
        {
            0 => null,
            1 => "{\"trafficType\":\"ON_DEMAND\"}",
            _ => wire.Object(
                ordered: false,
                ("promptTokenCount", wire.Maybe(1, () => wire.Count())),
                ("candidatesTokenCount", wire.Maybe(2, () => wire.Count())),
                ("thoughtsTokenCount", wire.Maybe(3, () => wire.Count())),
                ("toolUsePromptTokenCount", wire.Maybe(4, () => wire.Count())),
                ("cachedContentTokenCount", wire.Maybe(3, () => wire.Count())),
                ("totalTokenCount", wire.Count())),
        }));
}
