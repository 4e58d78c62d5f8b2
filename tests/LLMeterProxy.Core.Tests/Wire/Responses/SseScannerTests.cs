using System.Net.ServerSentEvents;
using System.Text;
using CsCheck;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>The scanner finds the events that the framework's own parser finds, however the stream is written and split.</summary>
public class SseScannerTests
{
    private static readonly Gen<string> _lineEnd = Pick.From("\n", "\r\n", "\r");

    // A name always stands with data: without, the reference keeps it for the next event, against the standard.
    private static readonly Gen<string> _line = Gen.OneOf(
        Pick.From("data: {\"a\":1}", "data:x", "data: [DONE]", "data:", "data", "event: message_stop\ndata: 1", "event:e\r\ndata:", "id: 7", "retry: 5"),
        Pick.From(": comment", ":", ": data: no", "other: thing", "da", "data : no", "data:  two spaces", "data: Grüße 🎉"),
        Pick.From("", "", ""));

    [Fact]
    public void Random_streams_under_random_splits_give_the_events_of_the_reference_parser()
    {
        var streams = Gen.Select(Gen.Select(_line, _lineEnd, (line, end) => line + end).Array[0, 14], Gen.Bool, Gen.Int[0, 300].Array[0, 6]);
        streams.Sample(
            (lines, bom, points) =>
            {
                var bytes = Encoding.UTF8.GetBytes((bom ? "\uFEFF" : "") + string.Concat(lines));
                var cuts = points.Select(point => Math.Min(point, bytes.Length)).Order().ToArray();
                Assert.Equal(Reference(bytes), Scanned(bytes, cuts));
            },
            iter: 100_000);
    }

    [Fact]
    public void The_long_way_reads_an_event_as_the_short_way_does()
    {
        var events = Gen.Select(Gen.Select(_line, _lineEnd, (line, end) => line + end).Array[1, 6], Gen.Int[0, 400_000].Array[0, 4]);
        events.Sample(
            (lines, points) =>
            {
                var padding = "data: " + new string('p', SseScanner.MaxHeldEvent) + "\n";
                var bytes = Encoding.UTF8.GetBytes(padding + string.Concat(lines) + "\n\ndata: after\n\n");
                var cuts = points.Select(point => Math.Min(point, bytes.Length)).Order().ToArray();
                Assert.Equal(Reference(bytes).Select(Joined), Scanned(bytes, cuts).Select(Joined));
            },
            iter: 2_000);
    }

    [Fact]
    public void Positions_name_the_whole_event_with_its_blank_line()
    {
        var heard = new Heard();
        var scanner = new SseScanner(heard);
        scanner.Scan(": c\n\ndata: 1\r\n\r"u8);
        scanner.Scan("\ndata: 2\n\n\n"u8);
        scanner.End();
        Assert.Equal([(5L, 16L), (16L, 25L)], heard.Ranges);
    }

    [Fact]
    public void An_event_that_lies_whole_in_a_read_is_not_copied()
    {
        var scanner = new SseScanner(new Heard());
        scanner.Scan("data: 1\n\ndata: 2\n\n"u8);
        Assert.Equal(0, scanner.BufferedBytes);
    }

    // Data lines of one long event come in parts, so that only their sequence is compared.
    private static string Joined(string text) => text.Replace("\n", "", StringComparison.Ordinal);

    [Fact]
    public void A_name_without_data_does_not_name_the_next_event()
    {
        Assert.Equal(["message|1"], Scanned("event: message_stop\n\ndata: 1\n\n"u8.ToArray(), []));
    }

    private static List<string> Reference(byte[] bytes)
    {
        // The reference drops an event that lacks its blank line; ours must not.
        byte[] complete = [.. bytes, .. "\n\n"u8];
        var events = new List<string>();
        foreach (var item in SseParser.Create(new MemoryStream(complete)).Enumerate())
        {
            events.Add(item.EventType + "|" + item.Data);
        }

        return events;
    }

    private static List<string> Scanned(byte[] bytes, int[] cuts)
    {
        var heard = new Heard();
        var scanner = new SseScanner(heard);
        var at = 0;
        foreach (var cut in cuts)
        {
            scanner.Scan(bytes.AsSpan(at..cut));
            at = cut;
        }

        scanner.Scan(bytes.AsSpan(at));
        scanner.End();
        return heard.Events;
    }

    private sealed class Heard : ISseSink
    {
        private readonly List<byte> _longBytes = [];
        private string _longName = "";

        public List<string> Events { get; } = [];

        public List<(long Start, long End)> Ranges { get; } = [];

        public void OnEvent(ReadOnlySpan<byte> raw, long start, long end)
        {
            Ranges.Add((start, end));
            var name = "message";
            string? data = null;
            var lines = new SseLines(raw);
            while (lines.MoveNext())
            {
                if (lines.Field.SequenceEqual("event"u8))
                {
                    name = lines.Value.IsEmpty ? "message" : Encoding.UTF8.GetString(lines.Value);
                }
                else if (lines.Field.SequenceEqual("data"u8))
                {
                    data = (data is null ? "" : data + "\n") + Encoding.UTF8.GetString(lines.Value);
                }
            }

            if (data is not null)
            {
                Events.Add(name + "|" + data);
            }
        }

        public void OnLongEvent()
        {
            _longName = "message";
            _longBytes.Clear();
        }

        public void OnLongEventName(ReadOnlySpan<byte> name, bool cut) => _longName = name.IsEmpty ? "message" : Encoding.UTF8.GetString(name);

        public void OnLongEventText(ReadOnlySpan<byte> part) => _longBytes.AddRange(part);

        public void OnLongEventEnd(long start, long end) => Events.Add(_longName + "|" + Encoding.UTF8.GetString([.. _longBytes]));
    }
}
