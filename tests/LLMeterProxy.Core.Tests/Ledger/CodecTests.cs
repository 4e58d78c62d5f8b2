using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CsCheck;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Tests.Ledger;

public sealed class CodecTests
{
    private static readonly UsageRecord _plain = new()
    {
        AttemptId = new RequestId(new Guid("0198c6b0-d1e2-7c3f-9a4b-5c6d7e8f9001")),
        Tenant = "acme",
        KeyId = "key_1",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = "gpt-4.1",
        Model = "gpt-4.1",
        Outcome = RequestOutcome.Completed,
        Source = UsageSourceOf("reported"),
        PriceVersion = "2026-11",
        Timings = new RequestTimings(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), null, null, 1),
    };

    [Fact]
    public void A_record_is_read_back_as_it_was_written()
    {
        LedgerGen.Record.Sample(
            record =>
            {
                var payload = UsageRecordCodec.Encode(record);
                Assert.True(Utf8.IsValid(payload));

                var read = UsageRecordCodec.Decode(payload);

                Members.AssertEqual(record with { RawUsage = default }, read with { RawUsage = default });
                AssertSameRaw(record.RawUsage.ToArray(), read.RawUsage.ToArray());
                Assert.Equal(payload, UsageRecordCodec.Encode(read));
            },
            iter: 500);
    }

    [Fact]
    public void An_intent_is_read_back_as_it_was_written()
    {
        LedgerGen.Intent.Sample(
            intent =>
            {
                var payload = UsageIntentCodec.Write(intent).ToArray();

                Members.AssertEqual(intent, UsageIntentCodec.Decode(payload));
            },
            iter: 500);
    }

    // The journal hashes and appends body and tail as two parts: together they must be the payload.
    [Fact]
    public void The_tail_ends_the_body_and_holds_the_chain_fields()
    {
        var hash = new string('a', 64);
        byte[] body = [.. UsageRecordCodec.WriteBody(_plain)];
        Span<byte> tail = stackalloc byte[UsageRecordCodec.MaxTailLength];
        tail = tail[..UsageRecordCodec.WriteTail(tail, new string('n', 32) + "-" + long.MaxValue, long.MaxValue, Encoding.ASCII.GetBytes(hash))];

        var read = UsageRecordCodec.Decode([.. body, .. tail]);

        Assert.Equal((long.MaxValue, hash), (read.ChainSeq, read.PrevHash));
        Assert.Equal(body, UsageRecordCodec.WriteBody(_plain with { ChainSeq = 7, Incarnation = "other" }).ToArray());
    }

    // A57: unknown is not nothing.
    [Fact]
    [Trait("Acceptance", "A57")]
    public void An_unknown_cost_stays_unknown_and_a_cost_of_zero_stays_zero()
    {
        Assert.Null(UsageRecordCodec.Decode(UsageRecordCodec.Encode(_plain)).Cost);
        Assert.Equal(NanoUsd.Zero, UsageRecordCodec.Decode(UsageRecordCodec.Encode(_plain with { Cost = NanoUsd.Zero })).Cost);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    public void Raw_usage_of_any_depth_can_be_read_back(int depth)
    {
        var raw = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        var read = UsageRecordCodec.Decode(UsageRecordCodec.Encode(_plain with { RawUsage = raw }));

        Assert.Equal(raw, read.RawUsage.ToArray());
    }

    [Fact]
    public void Raw_usage_cannot_break_out_of_its_place()
    {
        byte[] raw = [.. "{}},\"tenant\":\"other\",\"x\":{"u8];

        var read = UsageRecordCodec.Decode(UsageRecordCodec.Encode(_plain with { RawUsage = raw }));

        Assert.Equal("acme", read.Tenant);
        Assert.Equal(raw, read.RawUsage.ToArray());
    }

    [Fact]
    public void Half_a_surrogate_pair_costs_the_character_and_not_the_record()
    {
        var read = UsageRecordCodec.Decode(UsageRecordCodec.Encode(_plain with { EndUser = "a\ud800b" }));

        Assert.Equal("a\ufffdb", read.EndUser);
    }

    [Fact]
    public void Members_of_a_newer_version_are_skipped()
    {
        var text = Encoding.UTF8.GetString(UsageRecordCodec.Encode(_plain));
        text = text.Replace(",\"channel\":", ",\"novelty\":{\"a\":[1,{\"b\":null}]},\"channel\":", StringComparison.Ordinal);

        Members.AssertEqual(UsageRecordCodec.Decode(UsageRecordCodec.Encode(_plain)), UsageRecordCodec.Decode(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("{\"v\":1", "{\"v\":2")]
    [InlineData("{\"v\":1,", "{")]
    [InlineData("{\"v\":1", "[{\"v\":1")]
    [InlineData("\"v\":1", "\"v\":\"1\"")]
    [InlineData("\"lines\":[", "\"lines\":[[\"input_token\",1,2,3,\"m\",\"what is this\"]")]
    [InlineData("\"lines\":[", "\"lines\":[7")]
    [InlineData("\"outcome\":\"completed\"", "\"outcome\":\"new\"")]
    [InlineData("\"status\":0", "\"status\":\"0\"")]
    [InlineData("\"status\":0", "\"status\":99999999999")]
    [InlineData("\"startedAtMicros\":", "\"startedAtMicros\":9223372036854")]
    [InlineData("\"id\":\"", "\"id\":\"x")]
    [InlineData("\"}", "\"}}")]
    [InlineData("\"}", "\"} {}")]
    [InlineData("\"}", "\"")]
    public void What_is_no_record_of_a_known_format_is_refused_and_never_half_read(string original, string replacement)
    {
        var text = Encoding.UTF8.GetString(UsageRecordCodec.Encode(_plain));
        Assert.Contains(original, text, StringComparison.Ordinal);

        var payload = Encoding.UTF8.GetBytes(text.Replace(original, replacement, StringComparison.Ordinal));

        Assert.Throws<FormatException>(() => UsageRecordCodec.Decode(payload));
    }

    [Fact]
    public void A_record_that_was_cut_anywhere_is_refused()
    {
        var payload = UsageRecordCodec.Encode(_plain with { RawUsage = "{\"a\":[1]}"u8.ToArray() });
        for (var length = 0; length < payload.Length; length++)
        {
            Assert.Throws<FormatException>(() => UsageRecordCodec.Decode(payload.AsSpan(0, length)));
        }
    }

    [Fact]
    public void An_intent_of_a_newer_format_is_refused()
    {
        Assert.Throws<FormatException>(() => UsageIntentCodec.Decode("{\"v\":2,\"tenant\":\"acme\"}"u8));
        Assert.Throws<FormatException>(() => UsageIntentCodec.Decode("{\"v\":1,\"tenant\":\"acme\""u8));
        Assert.Throws<FormatException>(() => UsageIntentCodec.Decode(default));
    }

    [Fact]
    public void Each_enum_has_its_own_text_and_reads_back()
    {
        Assert.All(Enum.GetValues<RequestOutcome>(), v => Assert.Equal(v, WireEnums.Outcome(Encoding.UTF8.GetBytes(WireEnums.Text(v)))));
        Assert.All(Enum.GetValues<Core.Usage.UsageSource>(), v => Assert.Equal(v, UsageSourceOf(WireEnums.Text(v))));
        Assert.All(Enum.GetValues<UsageChannel>(), v => Assert.Equal(v, WireEnums.Channel(Encoding.UTF8.GetBytes(WireEnums.Text(v)))));
    }

    private static Core.Usage.UsageSource UsageSourceOf(string text) => WireEnums.Source(Encoding.UTF8.GetBytes(text));

    /// <summary>The same bytes; only white space around a JSON value is not kept.</summary>
    private static void AssertSameRaw(byte[] written, byte[] read)
    {
        if (!written.AsSpan().SequenceEqual(read))
        {
            Assert.Equal(written.AsSpan().Trim(" \t\r\n"u8).ToArray(), read);
            using var json = JsonDocument.Parse(written);
        }
    }
}
