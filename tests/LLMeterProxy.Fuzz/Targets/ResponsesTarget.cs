using System.Text;
using LLMeterProxy.Fuzz.Reference;
using LLMeterProxy.Fuzz.Writing;

namespace LLMeterProxy.Fuzz.Targets;

/// <summary>The Responses API.</summary>
internal sealed class ResponsesTarget : IFuzzTarget
{
    private static readonly string[] _ends = ["response.completed", "response.incomplete", "response.failed"];

    public string Name => "responses";

    public string? Run(Random random)
    {
        var wire = new WireWriter(random);
        var isStream = random.Next(3) != 0;
        var body = Encoding.UTF8.GetBytes(Write(wire, random, isStream));
        var expected = isStream ? ResponsesReference.ReadStream(body) : ResponsesReference.ReadBody(body);
        var type = isStream ? "text/event-stream" : "application/json";
        return ReadingCheck.Compare(random, ReadingCheck.Collector("openai", "/v1/responses", type), body, expected);
    }

    public static string Write(WireWriter wire, Random random, bool isStream)
    {
        if (!isStream)
        {
            return Response(wire, random, random.Next(5) == 0 ? "in_progress" : "completed");
        }

        // One stream writes the names of its events or leaves them out, and the type is then the first member.
        var named = random.Next(3) != 0;
        var events = new List<(string?, string)> { Event(wire, "response.created", Response(wire, random, "in_progress"), named) };
        for (var i = random.Next(6); i > 0; i--)
        {
            events.Add(("response.output_text.delta", wire.Object(
                ordered: true,
                ("type", wire.Text("response.output_text.delta")),
                ("delta", wire.Text(wire.Decoy())),
                ("obfuscation", wire.Text("xx")))));
        }

        var end = _ends[random.Next(_ends.Length)];
        if (random.Next(10) != 0)
        {
            events.Add(Event(wire, end, Response(wire, random, end["response.".Length..]), named));
        }

        return wire.Stream(events);
    }

    private static (string?, string) Event(WireWriter wire, string type, string response, bool named) =>
        (named ? type : null, "{\"type\":" + wire.Text(type) + ",\"sequence_number\":1,\"response\":" + response + "}");

    private static string Response(WireWriter wire, Random random, string status) => wire.Object(
        ordered: false,
        ("id", wire.Text("resp_1")),
        ("object", wire.Text("response")),
        ("status", wire.Text(status)),
        ("model", wire.Text("gpt-5-" + random.Next(3))),
        ("service_tier", wire.Maybe(2, () => wire.Text("flex"))),
        ("error", wire.Maybe(3, () => "null")),
        ("output", wire.Array(Enumerable.Range(0, random.Next(3)).Select(_ => wire.Object(
            ordered: false,
            ("type", wire.Text("message")),
            ("content", wire.Array(wire.Object(ordered: false, ("type", wire.Text("output_text")), ("text", wire.Text(wire.Decoy()))))))))),
        ("usage", status == "in_progress" || random.Next(6) == 0 ? "null" : OpenAiUsageWriter.Write(wire, random, isResponses: true)));
}
