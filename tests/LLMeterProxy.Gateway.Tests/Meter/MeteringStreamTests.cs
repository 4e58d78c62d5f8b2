using System.Text;
using CsCheck;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>The copy with a meter in it: every byte but the dropped ones, in order, and the terminal ones after the commit.</summary>
public sealed class MeteringStreamTests
{
    private static readonly Gen<int[]> _sizes = Gen.OneOf(Gen.Int[1, 7], Gen.Int[1, 400], Gen.Int[1, 40_000]).Array[1, 8];

    [Fact]
    public void Any_split_and_any_verdicts_deliver_the_body_less_the_dropped_range_and_commit_before_the_terminal_bytes() =>
        Gen.Select(Gen.Byte.Array[0, 30_000], Gen.Int[0, 30_000].Array[3], Gen.Int[0, 20_000], _sizes, _sizes, Gen.Bool).Sample((body, cuts, lag, pieces, reads, declared) =>
        {
            var points = cuts.Select(c => Math.Min(c, body.Length)).Order().ToArray();
            var (dropFrom, dropTo, commitAt) = (points[0], points[1], points[2]);
            var delivered = new List<byte>();
            using var call = new MeteredCall(
                new ScriptedUpstream(body, pieces), new ScriptedCollector(dropFrom, dropTo, commitAt, lag), declared && dropTo == dropFrom ? body.Length : null);
            var deliveredAtCommit = -1;
            call.Journal.Appended = () => deliveredAtCommit = delivered.Count;
            call.ReadAsync(reads, delivered).GetAwaiter().GetResult();

            byte[] expected = [.. body[..dropFrom], .. body[dropTo..]];
            Assert.True(expected.AsSpan().SequenceEqual(delivered.ToArray()));
            Assert.InRange(deliveredAtCommit, 0, commitAt - (dropTo - dropFrom));
            Assert.Equal(RequestOutcome.Completed, call.Record.Outcome);
            Assert.Equal(11, call.Record.Usage.OutputTokens);
        }, iter: 400);

    [Fact]
    public void A_body_of_known_length_is_never_complete_before_its_record_is() =>
        Gen.Select(Gen.Byte.Array[1, 5000], _sizes, _sizes, Gen.Bool).Sample((body, pieces, reads, metered) =>
        {
            var delivered = new List<byte>();
            using var call = new MeteredCall(new ScriptedUpstream(body, pieces), metered ? new ScriptedCollector(0, 0, body.Length, 0) : null, body.Length);
            var deliveredAtCommit = -1;
            call.Journal.Appended = () => deliveredAtCommit = delivered.Count;
            call.ReadAsync(reads, delivered).GetAwaiter().GetResult();
            Assert.Equal(body, delivered);
            Assert.InRange(deliveredAtCommit, 0, body.Length - 1);
        }, iter: 300);

    [Fact]
    public void A_collector_that_throws_costs_the_client_nothing_and_leaves_an_estimate() =>
        Gen.Select(Gen.Byte.Array[1, 5000], Gen.Int[0, 4999], _sizes, _sizes).Sample((body, at, pieces, reads) =>
        {
            var delivered = new List<byte>();
            var throwsAt = Math.Min(at, body.Length - 1);
            using var call = new MeteredCall(new ScriptedUpstream(body, pieces), new ScriptedCollector(0, 0, body.Length, 100) { ThrowsAt = throwsAt });
            call.ReadAsync(reads, delivered).GetAwaiter().GetResult();
            Assert.Equal(body, delivered);
            Assert.NotEqual(Core.Usage.UsageSource.Reported, call.Record.Source);
        }, iter: 200);

    [Fact]
    public async Task An_event_stream_that_breaks_between_events_ends_with_an_error_event_and_a_record()
    {
        var body = Encoding.UTF8.GetBytes("data: {\"a\":1}\n\ndata: {\"a\":2}\n\n");
        var delivered = new List<byte>();
        using var call = new MeteredCall(new ScriptedUpstream(body, [5], breaks: true), new ScriptedCollector(0, 0, int.MaxValue, 0), isEventStream: true);
        await call.ReadAsync([64], delivered);
        var text = Encoding.UTF8.GetString([.. delivered]);
        Assert.StartsWith(Encoding.UTF8.GetString(body), text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_stream_error\"", text, StringComparison.Ordinal);
        Assert.Equal(RequestOutcome.Truncated, call.Record.Outcome);
    }

    [Fact]
    public async Task An_event_stream_that_breaks_inside_an_event_is_aborted_so_that_the_truncation_shows()
    {
        var body = Encoding.UTF8.GetBytes("data: {\"a\":1}\n\ndata: {\"a\"");
        var delivered = new List<byte>();
        using var call = new MeteredCall(new ScriptedUpstream(body, [5], breaks: true), new ScriptedCollector(0, 0, int.MaxValue, 0), isEventStream: true);
        await Assert.ThrowsAsync<IOException>(() => call.ReadAsync([64], delivered));
        Assert.Equal(body, delivered);
        Assert.Equal(RequestOutcome.Truncated, call.Record.Outcome);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_delivered_whole()
    {
        var body = Encoding.UTF8.GetBytes("""{"usage":{"total_tokens":18}}""");
        var delivered = new List<byte>();
        using var call = new MeteredCall(new ScriptedUpstream(body, [10]), new ScriptedCollector(0, 0, body.Length - 1, 0), body.Length, brokenJournal: true);
        await Assert.ThrowsAsync<IOException>(() => call.ReadAsync([64], delivered));
        Assert.True(delivered.Count < body.Length);
        Assert.Empty(call.Journal.Records);
    }

    [Fact]
    public async Task An_empty_body_is_recorded()
    {
        var delivered = new List<byte>();
        using var call = new MeteredCall(new ScriptedUpstream([], []), new ScriptedCollector(0, 0, 0, 0));
        await call.ReadAsync([64], delivered);
        Assert.Empty(delivered);
        Assert.NotNull(call.Record);
    }
}
