using System.Text;
using CsCheck;
using LLMeterProxy.Core.Wire.Bedrock.EventStream;

namespace LLMeterProxy.Core.Tests.Wire.Bedrock;

public sealed class EventStreamDecoderTests
{
    [Fact]
    public void The_checksum_is_the_one_of_the_specification()
    {
        // The empty message of the AWS SDKs' test vectors ("empty_message"): prelude CRC 05c248eb, message CRC 7d98c8ff.
        Assert.Equal("000000100000000005C248EB7D98C8FF", Convert.ToHexString(Frames.Message([], [])));
    }

    [Fact]
    [Trait("Acceptance", "A39")]
    public void Any_split_gives_the_same_messages()
    {
        byte[] stream = [.. Frames.Event("messageStart", "{}"), .. Frames.Message([], []), .. Frames.Event("metadata", """{"usage":{}}""")];
        var expected = Heard.Of(stream).Text;
        Assert.Equal("event/messageStart/{} | // | event/metadata/{\"usage\":{}}", expected);
        for (var first = 0; first <= stream.Length; first++)
        {
            for (var second = first; second <= stream.Length; second += 7)
            {
                Assert.Equal(expected, Heard.Of(stream[..first], stream[first..second], stream[second..]).Text);
            }
        }

        Assert.Equal(expected, Heard.Of([.. stream.Select(b => new[] { b })]).Text);
    }

    [Fact]
    [Trait("Acceptance", "T63")]
    public void Random_messages_survive_random_splits()
    {
        var message = Gen.Select(Gen.Int[0, 3000], Gen.Int[0, 3]);
        Gen.Select(message.Array[1, 6], Gen.Int[1, 4000]).Sample(
            (messages, size) =>
            {
                var stream = messages.SelectMany(m => Frames.Event("e" + m.Item2, new string('x', m.Item1))).ToArray();
                var heard = Heard.Of(stream.Chunk(size).ToArray());
                Assert.Equal(Heard.Of(stream).Text, heard.Text);
                Assert.Equal(messages.Length, heard.Count);
                Assert.True(heard.Decoder is { IsBroken: false, IsAtBoundary: true, HasUnread: false });
            },
            iter: 2000);
    }

    [Fact]
    public void A_message_over_the_bound_is_skipped_in_constant_memory_and_its_checksum_is_verified()
    {
        var large = Frames.Event("chunk", new string('x', EventStreamDecoder.MaxHeldMessage));
        byte[] stream = [.. large, .. Frames.Event("metadata", "{}")];
        foreach (var size in (int[])[1, 7, 4096, stream.Length])
        {
            var heard = Heard.Of(stream.Chunk(size).ToArray());
            Assert.Equal("event/metadata/{}", heard.Text);
            Assert.True(heard.Decoder is { IsBroken: false, HasUnread: true, IsAtBoundary: true });
            Assert.InRange(heard.Decoder.BufferedBytes, 0, 4096);
        }

        stream[5000] ^= 1;
        foreach (var size in (int[])[1, 4096, stream.Length])
        {
            var heard = Heard.Of(stream.Chunk(size).ToArray());
            Assert.Equal("", heard.Text);
            Assert.True(heard.Decoder.IsBroken);
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_ends_the_reading()
    {
        var first = Frames.Event("messageStart", "{}");
        var second = Frames.Event("metadata", """{"usage":{"inputTokens":1}}""");
        for (var at = 0; at < second.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                byte[] stream = [.. first, .. second, .. first];
                stream[first.Length + at] ^= (byte)(1 << bit);
                var heard = Heard.Of(stream);
                Assert.Equal("event/messageStart/{}", heard.Text);
                Assert.True(heard.Decoder.IsBroken);
            }
        }
    }

    [Fact]
    public void A_stream_that_ends_inside_a_message_is_not_at_a_boundary()
    {
        var message = Frames.Event("metadata", "{}");
        for (var length = 1; length < message.Length; length++)
        {
            Assert.False(Heard.Of(message[..length]).Decoder.IsAtBoundary);
        }
    }

    [Fact]
    public void Headers_of_every_type_are_passed_over()
    {
        byte[] headers =
        [
            .. Frames.Header("true", 0), .. Frames.Header("false", 1), .. Frames.Header("byte", 2, 1), .. Frames.Header("short", 3, 1, 2),
            .. Frames.Header("int", 4, 1, 2, 3, 4), .. Frames.Header("long", 5, new byte[8]), .. Frames.Header("bytes", 6, 0, 2, 1, 2),
            .. Frames.Header("time", 8, new byte[8]), .. Frames.Header("uuid", 9, new byte[16]),
            .. Frames.Header(":message-type", "event"), .. Frames.Header(":event-type", "metadata"),
        ];
        Assert.Equal("event/metadata/{}", Heard.Of(Frames.Message(headers, "{}"u8.ToArray())).Text);
    }

    [Theory]
    [InlineData(new byte[] { 5, 1 })]
    [InlineData(new byte[] { 1, 97 })]
    [InlineData(new byte[] { 1, 97, 7, 0 })]
    [InlineData(new byte[] { 1, 97, 7, 0, 9, 1 })]
    [InlineData(new byte[] { 1, 97, 10 })]
    public void Headers_that_do_not_fit_their_length_end_the_reading(byte[] headers)
    {
        var heard = Heard.Of(Frames.Message(headers, []));
        Assert.Equal("", heard.Text);
        Assert.True(heard.Decoder.IsBroken);
    }

    [Fact]
    public void Noise_never_throws()
    {
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.True(Heard.Of(bytes).Count == 0), iter: 20_000);
    }

    private sealed class Heard : IEventStreamSink
    {
        private readonly List<string> _messages = [];

        private Heard() => Decoder = new EventStreamDecoder(this);

        public EventStreamDecoder Decoder { get; }

        public int Count => _messages.Count;

        public string Text => string.Join(" | ", _messages);

        public static Heard Of(params byte[][] reads)
        {
            var heard = new Heard();
            foreach (var read in reads)
            {
                heard.Decoder.Scan(read);
            }

            return heard;
        }

        void IEventStreamSink.OnMessage(in EventStreamMessage message) => _messages.Add(
            $"{Encoding.UTF8.GetString(message.MessageType)}/{Encoding.UTF8.GetString(message.EventType)}/{Encoding.UTF8.GetString(message.Payload)}");
    }
}
