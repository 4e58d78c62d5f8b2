using System.Text;
using LLMeterProxy.Fuzz.Reference;
using LLMeterProxy.Fuzz.Writing;

namespace LLMeterProxy.Fuzz.Targets;

/// <summary>Chat completions as OpenAI, Groq and the many servers that speak the format write them.</summary>
internal sealed class ChatTarget : IFuzzTarget
{
    public string Name => "chat completions";

    public string? Run(Random random)
    {
        var wire = new WireWriter(random);
        var isStream = random.Next(3) != 0;
        var body = Encoding.UTF8.GetBytes(Write(wire, random, isStream));
        var expected = isStream ? ChatReference.ReadStream(body) : ChatReference.ReadBody(body);
        var type = random.Next(4) == 0 ? null : isStream ? "text/event-stream; charset=utf-8" : "application/json";
        return ReadingCheck.Compare(random, ReadingCheck.Collector("openai-compatible", "/v1/chat/completions", type), body, expected);
    }

    public static string Write(WireWriter wire, Random random, bool isStream)
    {
        if (!isStream)
        {
            return (random.Next(8) == 0 ? "\n\r\n " : "") + Chunk(wire, random, "gpt-1", isLast: true, isStream: false);
        }

        var events = new List<(string?, string)>();
        var model = "gpt-" + random.Next(3);
        var chunks = random.Next(1, 8);
        for (var i = 0; i < chunks; i++)
        {
            events.Add((null, Chunk(wire, random, model, i == chunks - 1, isStream: true)));
        }

        if (random.Next(8) != 0)
        {
            events.Add((null, "[DONE]"));
            if (random.Next(20) == 0)
            {
                // What follows the end is forwarded and means nothing.
                events.Add((null, Chunk(wire, random, "other", isLast: true, isStream: true)));
            }
        }

        return wire.Stream(events);
    }

    private static string Chunk(WireWriter wire, Random random, string model, bool isLast, bool isStream) => wire.Object(
        ordered: false,
        ("id", wire.Text("chatcmpl-" + random.Next(100))),
        ("object", wire.Text(isStream ? "chat.completion.chunk" : "chat.completion")),
        ("model", random.Next(10) switch { 0 => "\"\"", 1 => null, _ => wire.Text(model) }),
        ("service_tier", wire.Maybe(3, () => random.Next(3) == 0 ? "null" : wire.Text("priority"))),
        ("choices", isLast && random.Next(2) == 0 ? "[]" : wire.Array(Enumerable.Range(0, random.Next(1, 3)).Select(_ => Choice(wire, random, isLast, isStream)))),
        ("usage", random.Next(isLast ? 8 : 4) switch
        {
            0 => null,
            1 => "null",
            _ => isLast || random.Next(3) == 0 ? OpenAiUsageWriter.Write(wire, random, isResponses: false) : "null",
        }),
        ("x_groq", wire.Maybe(6, () => wire.Object(
            ordered: false,
            ("id", wire.Text("req_1")),
            ("usage", wire.Maybe(2, () => OpenAiUsageWriter.Write(wire, random, isResponses: false)))))));

    private static string Choice(WireWriter wire, Random random, bool isLast, bool isStream) => wire.Object(
        ordered: false,
        ("index", "0"),
        ("finish_reason", isLast || random.Next(10) == 0 ? wire.Text("stop") : "null"),
        (isStream ? "delta" : "message", wire.Object(
            ordered: false,
            ("role", wire.Text("assistant")),
            ("content", random.Next(6) == 0 ? "null" : wire.Text(wire.Decoy())),
            ("reasoning_content", wire.Maybe(4, () => wire.Text(wire.Decoy()))))));
}
