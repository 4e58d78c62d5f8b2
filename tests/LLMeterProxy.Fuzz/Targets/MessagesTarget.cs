using System.Text;
using LLMeterProxy.Fuzz.Reference;
using LLMeterProxy.Fuzz.Writing;

namespace LLMeterProxy.Fuzz.Targets;

/// <summary>Anthropic messages.</summary>
internal sealed class MessagesTarget : IFuzzTarget
{
    public string Name => "messages";

    public string? Run(Random random)
    {
        var wire = new WireWriter(random);
        var isStream = random.Next(3) != 0;
        var body = Encoding.UTF8.GetBytes(Write(wire, random, isStream));
        var expected = isStream ? MessagesReference.ReadStream(body) : MessagesReference.ReadBody(body);
        var type = isStream ? "text/event-stream" : "application/json";
        return ReadingCheck.Compare(random, ReadingCheck.Collector("anthropic", "/v1/messages", type), body, expected);
    }

    public static string Write(WireWriter wire, Random random, bool isStream)
    {
        if (!isStream)
        {
            return Message(wire, random, "end_turn");
        }

        var named = random.Next(4) != 0;
        var events = new List<(string?, string)> { Event("message_start", "\"message\":" + Message(wire, random, null), named) };
        for (var i = random.Next(6); i > 0; i--)
        {
            events.Add(random.Next(4) == 0
                ? ("ping", "{\"type\": \"ping\"}")
                : Event("content_block_delta", "\"index\":0,\"delta\":" + wire.Object(
                    ordered: true,
                    ("type", wire.Text("text_delta")),
                    ("text", wire.Text(wire.Decoy()))) + new string(' ', random.Next(6)), named));
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            events.Add(Event("message_delta", "\"delta\":" + wire.Object(
                ordered: false,
                ("stop_reason", random.Next(5) == 0 ? "null" : wire.Text("end_turn")),
                ("stop_sequence", "null")) + (random.Next(8) == 0 ? "" : ",\"usage\":" + Usage(wire, random)), named));
        }

        if (random.Next(8) != 0)
        {
            events.Add(Event("message_stop", "\"x\":1", named));
        }

        return wire.Stream(events);
    }

    private static (string?, string) Event(string type, string members, bool named) => (named ? type : null, "{\"type\":\"" + type + "\"," + members + "}");

    private static string Message(WireWriter wire, Random random, string? stopReason) => wire.Object(
        ordered: false,
        ("id", wire.Text("msg_1")),
        ("role", wire.Text("assistant")),
        ("model", wire.Text("claude-" + random.Next(3))),
        ("content", stopReason is null ? "[]" : wire.Array(wire.Object(ordered: false, ("type", wire.Text("text")), ("text", wire.Text(wire.Decoy()))))),
        ("stop_reason", stopReason is null ? "null" : wire.Text(stopReason)),
        ("usage", random.Next(20) == 0 ? null : Usage(wire, random)));

    private static string Usage(WireWriter wire, Random random) => wire.Object(
        ordered: false,
        ("input_tokens", wire.Maybe(2, () => wire.Count())),
        ("output_tokens", random.Next(10) == 0 ? null : wire.Count()),
        ("cache_read_input_tokens", wire.Maybe(2, () => wire.Count())),
        ("cache_creation_input_tokens", wire.Maybe(2, () => wire.Count())),
        ("cache_creation", wire.Maybe(3, () => random.Next(8) == 0 ? "null" : wire.Object(
            ordered: false,
            ("ephemeral_5m_input_tokens", wire.Maybe(2, () => wire.Count())),
            ("ephemeral_1h_input_tokens", wire.Maybe(2, () => wire.Count()))))),
        ("output_tokens_details", wire.Maybe(3, () => wire.Object(ordered: false, ("thinking_tokens", wire.Count())))),
        ("service_tier", wire.Maybe(2, () => wire.Text("standard"))));
}
