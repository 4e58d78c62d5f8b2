using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

// I1: a call that left has a record, whatever died.
[Trait("Acceptance", "A27")]
public sealed class JournalRecoveryTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Every_orphan_is_charged_once_under_its_own_attempt_id_and_resolved_calls_are_not()
    {
        RequestId[] attempts = [.. Enumerable.Range(0, 60).Select(_ => NewAttempt())];
        string dead;
        using (var journal = _test.Open(SmallSegment))
        {
            foreach (var attempt in attempts)
            {
                journal.AppendIntent(Intent(attempt));
            }

            foreach (var attempt in attempts.Take(20))
            {
                journal.AppendRecord(Record(attempt));
            }

            foreach (var attempt in attempts.Skip(20).Take(20))
            {
                journal.AppendVoid(attempt);
            }

            dead = _test.CopyAsAfterKill();
        }

        using var after = _test.Open(SmallSegment, directory: dead);
        var ledger = new RecoveryLedger();

        Assert.Equal(20, await RecoverAsync(after, ledger));

        var charged = OwnRecords(after);
        Assert.Equal(attempts.Skip(40).Order(), charged.Select(r => r.AttemptId).Order());
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), charged.Select(r => r.ChainSeq));
        Assert.Equal(2, ledger.Flushes);
    }

    [Fact]
    public async Task An_orphan_under_a_strict_budget_is_charged_its_hold()
    {
        var record = await RecoverOneAsync(Intent(hold: 123_456, strict: true));

        Assert.Equal(new NanoUsd(123_456), record.Cost);
        Assert.Equal(new NanoUsd(123_456), Assert.Single(record.Lines).Cost);
    }

    // 2,000 input tokens at 2 USD and 150.2, rounded up to 151, output tokens at 8 USD a million.
    [Fact]
    public async Task An_orphan_is_charged_its_input_bound_and_the_mean_output_of_its_tenant_and_model()
    {
        var ledger = new RecoveryLedger(meanOutput: 150.2);

        var record = await RecoverOneAsync(Intent(), ledger);

        Assert.Equal(new NanoUsd(4_000_000 + 1_208_000), record.Cost);
        Assert.Equal(record.Cost!.Value.Value, record.Lines.Sum(l => l.Cost.Value));
        Assert.Equal((2_000L, 2_000L, 151L), (record.Usage.InputTokens, record.Usage.UncachedInputTokens, record.Usage.OutputTokens));
        Assert.Equal([("acme", "gpt-4.1")], ledger.Asked);
    }

    [Fact]
    public async Task Without_a_history_500_output_tokens_are_assumed()
    {
        var record = await RecoverOneAsync(Intent());

        Assert.Equal(500, record.Usage.OutputTokens);
        Assert.Equal(new NanoUsd(4_000_000 + 4_000_000), record.Cost);
    }

    // Images, seconds, calls: no token price says what they cost, and nothing would be a refund.
    [Fact]
    public async Task An_orphan_that_is_not_priced_by_tokens_is_charged_its_hold()
    {
        var record = await RecoverOneAsync(Intent(hold: 40_000_000) with { InputPrice = 0, OutputPrice = 0 });

        Assert.Equal(new NanoUsd(40_000_000), record.Cost);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Acceptance", "A57")]
    public async Task An_unpriced_orphan_has_no_cost_and_says_so(bool strict)
    {
        var record = await RecoverOneAsync(Intent(hold: 0, strict: strict) with { InputPrice = null, OutputPrice = null });

        Assert.Null(record.Cost);
        Assert.Null(record.Billed);
        Assert.Contains(UsageFlags.Unpriced, record.Flags);
    }

    [Fact]
    public async Task An_orphans_record_says_what_it_is_and_leaves_its_counting_to_the_ledger()
    {
        var intent = Intent();

        var record = await RecoverOneAsync(intent);

        Assert.Equal((UsageSource.Estimated, "crash", RequestOutcome.Truncated, UsageChannel.Proxy), (record.Source, record.Reason, record.Outcome, record.Channel));
        Assert.Equal(
            (intent.AttemptId, intent.Tenant, intent.KeyId, intent.Provider, intent.Operation, intent.ModelRequested, intent.Model, intent.Stream),
            (record.AttemptId, record.Tenant, record.KeyId, record.Provider, record.Operation, record.ModelRequested, record.Model, record.Stream));
        Assert.Equal((intent.Hold, intent.PriceVersion, intent.EndUser), (record.Hold, record.PriceVersion, record.EndUser));
        Assert.Equal(intent.Budgets, record.Budgets);
        Assert.Equal(intent.Tags, record.Tags);

        // Another node may have charged the call already: which of the two estimates counts is decided where both arrive.
        Assert.Empty(_test.Settlements.All);
    }

    // A42: nobody saw its end.
    [Fact]
    public async Task An_orphans_record_is_flagged_truncated()
    {
        var record = await RecoverOneAsync(Intent());

        Assert.Equal([UsageFlags.Truncated], record.Flags);
    }

    // However long the node was down, the call did not take that long.
    [Fact]
    public async Task An_orphans_record_ends_when_it_was_dispatched()
    {
        _test.Time.Advance(TimeSpan.FromHours(3));

        var record = await RecoverOneAsync(Intent());

        Assert.Equal(new RequestTimings(Noon, 0, null, 0), record.Timings);
    }

    // I1: a power cut can take the record from the journal after the ledger has committed it.
    [Fact]
    public async Task An_orphan_whose_record_is_in_the_ledger_is_not_charged_again()
    {
        var intent = Intent();
        var otherAttempt = Intent(intent.AttemptId.Parent.Attempt(2));
        using (var journal = _test.Open())
        {
            journal.AppendIntent(intent);
            journal.AppendIntent(otherAttempt);
        }

        using var after = _test.Open();
        var ledger = new RecoveryLedger { Records = { Record(intent.AttemptId) } };

        Assert.Equal(1, await RecoverAsync(after, ledger));

        Assert.Equal(otherAttempt.AttemptId, Assert.Single(ReadRecords(after)).AttemptId);
        Assert.Equal(intent.AttemptId.Value, new Guid(Assert.Single(ReadAll(after), e => e.Kind == JournalEntryKind.Void).Payload.Span, bigEndian: true));
        Assert.Equal(0, await RecoverAsync(after));
    }

    [Fact]
    public async Task The_next_start_finds_nothing_left_to_do()
    {
        var dead = LeaveOrphans(5);
        using var after = _test.Open(SmallSegment, directory: dead);
        Assert.Equal(5, await RecoverAsync(after));

        after.Dispose();
        using var next = _test.Open(SmallSegment, directory: dead);

        Assert.Equal(0, await RecoverAsync(next));
        Assert.Equal(5, ReadRecords(next).Count);
    }

    [Fact]
    public async Task Running_it_again_charges_nobody_again_and_leaves_calls_under_way_alone()
    {
        using var after = _test.Open(SmallSegment, directory: LeaveOrphans(5));
        await RecoverAsync(after);
        after.AppendIntent(Intent());

        Assert.Equal(0, await RecoverAsync(after));
        Assert.Equal(5, ReadRecords(after).Count);
    }

    // Dies after the k-th orphan record, before anything is shipped; the next start charges the rest and no other.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_crash_in_the_middle_of_recovery_charges_nobody_twice(int charged)
    {
        var dead = LeaveOrphans(5);
        using (var first = _test.Open(SmallSegment, directory: dead))
        {
            foreach (var intent in ReadAll(first).Take(charged).Select(e => UsageIntentCodec.Decode(e.Payload.Span)).ToList())
            {
                first.AppendRecord(Record(intent.AttemptId, source: UsageSource.Estimated));
            }
        }

        using var second = _test.Open(SmallSegment, directory: dead);

        Assert.Equal(5 - charged, await RecoverAsync(second));
        Assert.Equal(5, ReadRecords(second).Select(r => r.AttemptId).Distinct().Count());
        Assert.Equal(5, ReadRecords(second).Count);
    }

    [Fact]
    public async Task After_recovery_the_segments_of_the_dead_run_may_go()
    {
        using var after = _test.Open(SmallSegment, directory: LeaveOrphans(40));
        Assert.True(after.SegmentCount > 3);
        after.Shipped(after.End);
        Assert.True(after.SegmentCount > 3);

        await RecoverAsync(after);
        after.Shipped(after.End);

        Assert.All(ReadRecords(after), r => Assert.Equal(after.Incarnation, r.Incarnation));
        Assert.DoesNotContain(ReadAll(after), e => e.Kind == JournalEntryKind.Intent);
    }

    [Fact]
    public async Task A_call_of_which_only_the_intent_was_torn_is_not_invented()
    {
        var dead = LeaveOrphans(3);
        var bytes = File.ReadAllBytes(SegmentPath(dead, 1));
        bytes.AsSpan(Segment.HeaderSize + 20, 4).Fill(0xFF);
        File.WriteAllBytes(SegmentPath(dead, 1), bytes);
        using var after = _test.Open(SmallSegment, directory: dead);

        Assert.Equal(2, await RecoverAsync(after));
    }

    private static List<UsageRecord> OwnRecords(MappedJournal journal) =>
        ReadRecords(journal).FindAll(r => string.Equals(r.Incarnation, journal.Incarnation, StringComparison.Ordinal));

    private string LeaveOrphans(int count)
    {
        using var journal = _test.Open(SmallSegment);
        for (var i = 0; i < count; i++)
        {
            journal.AppendIntent(Intent());
        }

        return _test.CopyAsAfterKill();
    }

    private async Task<UsageRecord> RecoverOneAsync(UsageIntent intent, RecoveryLedger? ledger = null)
    {
        using (var journal = _test.Open())
        {
            journal.AppendIntent(intent);
        }

        using var after = _test.Open();
        Assert.Equal(1, await RecoverAsync(after, ledger));
        return Assert.Single(ReadRecords(after));
    }

    private static Task<int> RecoverAsync(MappedJournal journal, RecoveryLedger? ledger = null) =>
        new JournalRecovery(journal, ledger ?? new RecoveryLedger(), NullLogger<JournalRecovery>.Instance).RunAsync(CancellationToken.None);
}
