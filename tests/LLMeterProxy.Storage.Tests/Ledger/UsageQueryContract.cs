using CsCheck;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>What every ledger answers to usage queries, whichever engine it is on.</summary>
public abstract class UsageQueryContract : IDisposable
{
    private readonly Func<TestLedger> _make;
    private readonly TestLedger _file;

    private protected UsageQueryContract(Func<TestLedger> make) => _file = (_make = make)();

    // A90
    [Theory]
    [InlineData("Asia/Kolkata", "2026-11-23T18:29:59Z", "2026-11-23")]
    [InlineData("Asia/Kolkata", "2026-11-23T18:30:00Z", "2026-11-24")]
    [InlineData("Asia/Kathmandu", "2026-11-23T18:14:59Z", "2026-11-23")]
    [InlineData("Asia/Kathmandu", "2026-11-23T18:15:00Z", "2026-11-24")]
    [InlineData("America/New_York", "2026-11-24T04:59:59Z", "2026-11-23")]
    [InlineData("America/New_York", "2026-11-24T05:00:00Z", "2026-11-24")]
    public async Task Days_are_those_of_the_zone(string zone, string at, string day)
    {
        _file.Append(Records.Call(at: DateTimeOffset.Parse(at)));

        var rows = (await _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Day], zone), default)).Rows;

        Assert.Equal(day, Assert.Single(rows).Group[0]);
    }

    [Fact]
    public async Task An_adjustment_that_prices_a_call_takes_it_out_of_the_unpriced_and_adds_no_request()
    {
        var call = Records.Call(cost: null, tags: Records.Tags(("team", "blue")));
        _file.Append(call);
        _file.Append(call with
        {
            AttemptId = call.AttemptId.Parent,
            Corrects = call.AttemptId,
            Channel = UsageChannel.Adjustment,
            Reason = "reprice",
            Usage = TokenUsage.None,
            Cost = new(7),
            Billed = new(7),
            Flags = [UsageFlags.PricedLater],
        });

        foreach (var groups in new UsageGroup[][] { [], [UsageGroup.Model], [UsageGroup.Tag], [UsageGroup.Tag, UsageGroup.Key] })
        {
            var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", groups, to: Records.Noon.AddDays(1)), default)).Rows);
            Assert.Equal((1, 100, 7, 0), (row.Requests, row.InputTokens, row.Cost.Value, row.UnpricedRequests));
        }
    }

    [Fact]
    public async Task A_day_of_25_hours_has_all_its_calls_and_both_hours_of_one_name()
    {
        // 2026-10-25 in Berlin: 02:00 comes twice.
        var start = new DateTimeOffset(2026, 10, 24, 22, 0, 0, TimeSpan.Zero);
        _file.Append(Enumerable.Range(0, 25).Select(hour => Records.Call(cost: 1, at: start.AddHours(hour))));

        var day = Assert.Single((await Ask(UsageGroup.Day)).Rows);
        var hours = (await Ask(UsageGroup.Hour)).Rows;

        Assert.Equal(("2026-10-25", 25), (day.Group[0], day.Requests));
        Assert.Equal(24, hours.Count);
        Assert.Equal(2, hours.Single(hour => hour.Group[0] == "2026-10-25T02:00").Requests);

        Task<Page<UsageRow>> Ask(UsageGroup group) =>
            _file.Ledger.QueryUsageAsync(Records.Query("acme", [group], "Europe/Berlin", start.AddDays(-1), start.AddDays(3)), default);
    }

    [Fact]
    public async Task From_and_to_are_rounded_outwards_to_their_buckets()
    {
        _file.Append(
            Records.Call(at: Records.Noon.AddTicks(-1)), Records.Call(at: Records.Noon), Records.Call(at: Records.Noon.AddMinutes(14)), Records.Call(at: Records.Noon.AddMinutes(15)));

        var whole = await _file.Ledger.QueryUsageAsync(Records.Query("acme", [], from: Records.Noon, to: Records.Noon.AddMinutes(15)), default);
        var cut = await _file.Ledger.QueryUsageAsync(Records.Query("acme", [], from: Records.Noon.AddMinutes(1), to: Records.Noon.AddMinutes(2)), default);

        Assert.Equal((2, 2), (whole.Rows[0].Requests, cut.Rows[0].Requests));
    }

    [Fact]
    public async Task A_tenant_sees_only_its_own_usage()
    {
        _file.Append(Records.Call(), Records.Call(tenant: "other", tags: Records.Tags(("team", "search"))));

        foreach (var group in Enum.GetValues<UsageGroup>())
        {
            var rows = (await _file.Ledger.QueryUsageAsync(Records.Query("acme", [group]), default)).Rows;
            Assert.Equal(group == UsageGroup.Tag ? 0 : 1, rows.Sum(row => row.Requests));
        }
    }

    [Fact]
    public async Task The_total_of_nothing_is_one_row_of_zeros()
    {
        var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query(null, []), default)).Rows);

        Assert.Equal((0, 0), (row.Requests, row.Cost.Value));
    }

    [Fact]
    public async Task Groups_are_paged_in_order_without_gap_or_double()
    {
        _file.Append(
            from tenant in new[] { "a", "ab", "b" }
            from model in new[] { "bc", "c", "z-1", "z-2" }
            select Records.Call(tenant: tenant, model: model));
        var read = new List<string>();
        string? after = null;
        do
        {
            var page = await _file.Ledger.QueryUsageAsync(Records.Query(null, [UsageGroup.Tenant, UsageGroup.Model], after: after, limit: 5), default);
            read.AddRange(page.Rows.Select(row => string.Join('|', row.Group)));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(
            ["a|bc", "a|c", "a|z-1", "a|z-2", "ab|bc", "ab|c", "ab|z-1", "ab|z-2", "b|bc", "b|c", "b|z-1", "b|z-2"],
            read);
    }

    [Fact]
    public async Task A_call_counts_under_each_of_its_tags()
    {
        _file.Append(Records.Call(cost: 3, tags: Records.Tags(("team", "search"), ("env", "prod"))), Records.Call(cost: 4, tags: Records.Tags(("team", "search"))), Records.Call(cost: 5));

        var byTag = (await _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Tag]), default)).Rows;
        var byTagAndModel = (await _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Tag, UsageGroup.Model], from: Records.Noon, to: Records.Noon.AddDays(1)), default)).Rows;

        Assert.Equal([("env=prod", 3L), ("team=search", 7L)], byTag.Select(row => (row.Group[0], row.Cost.Value)));
        Assert.Equal(byTag.Select(row => (row.Group[0], "gpt-4o", row.Cost)), byTagAndModel.Select(row => (row.Group[0], row.Group[1], row.Cost)));
    }

    [Fact]
    public async Task A_tag_that_a_call_has_twice_counts_once_however_it_is_summed()
    {
        _file.Append(Records.Call(cost: 3, tags: Records.Tags(("team", "search"), ("team", "search"))));

        foreach (var groups in new UsageGroup[][] { [UsageGroup.Tag], [UsageGroup.Tag, UsageGroup.Model] })
        {
            var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", groups, from: Records.Noon, to: Records.Noon.AddDays(1)), default)).Rows);
            Assert.Equal((1, 3), (row.Requests, row.Cost.Value));
        }
    }

    [Fact]
    public async Task Tags_with_models_are_refused_over_more_than_a_month()
    {
        var query = Records.Query("acme", [UsageGroup.Tag, UsageGroup.Model], from: Records.Noon.AddDays(-40), to: Records.Noon);

        await Assert.ThrowsAsync<RefusedQueryException>(() => _file.Ledger.QueryUsageAsync(query, default));
    }

    [Fact]
    public async Task Tag_values_beyond_the_thousandth_are_summed_as_other()
    {
        _file.Append(Enumerable.Range(0, TagValues.MaxValues).Select(i => Records.Call(cost: 1, tags: Records.Tags(("user", $"{i:0000}")))));
        _file.Append(
            Records.Call(cost: 1, tags: Records.Tags(("user", "new-1"), ("user", "new-2"))),
            Records.Call(cost: 1, tags: Records.Tags(("user", "0007"))),
            Records.Call(cost: 1, tenant: "other", tags: Records.Tags(("user", "new-1"))));

        _file.Reopen();
        _file.Append(Records.Call(cost: 1, tags: Records.Tags(("user", "new-3"))));

        var last = await _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Tag], limit: 3), default);
        Assert.Equal(["_other", "user=0000", "user=0001"], last.Rows.Select(row => row.Group[0]));
        Assert.Equal(2, last.Rows[0].Requests);
        Assert.Equal("user=new-1", (await _file.Ledger.QueryUsageAsync(Records.Query("other", [UsageGroup.Tag]), default)).Rows[0].Group[0]);
    }

    [Fact]
    public void Rollups_equal_the_sum_of_the_records_whatever_the_batches_and_replays()
    {
        var record = from tenant in Gen.OneOf("acme", "other")
                     from model in Gen.OneOf("m1", "m2")
                     from key in Gen.OneOf("k1", "k2")
                     from source in Gen.Enum<UsageSource>()
                     from cost in Gen.Long[-5, 1_000_000]
                     from priced in Gen.Bool
                     from minute in Gen.Int[0, 3_000]
                     select Records.Call(priced ? cost : null, Records.Noon.AddMinutes(minute), tenant, key, "openai", model, source);
        var batches = record.Array[0, 12].Array[1, 4];
        batches.Sample(
            drawn =>
            {
                using var file = _make();
                foreach (var batch in drawn)
                {
                    file.Append(batch);
                    file.Append(batch.Reverse());
                }

                var all = drawn.SelectMany(batch => batch).ToList();
                foreach (var groups in new UsageGroup[][] { [UsageGroup.Tenant, UsageGroup.Model, UsageGroup.Day], [UsageGroup.Key], [UsageGroup.Hour, UsageGroup.Provider], [UsageGroup.Model], [UsageGroup.Day] })
                {
                    var rows = file.Ledger.QueryUsageAsync(Records.Query(null, groups, "Asia/Kathmandu"), default).GetAwaiter().GetResult().Rows;
                    Assert.Equal(all.Sum(r => r.Cost?.Value ?? 0), rows.Sum(row => row.Cost.Value));
                    Assert.Equal(all.Sum(r => r.Usage.OutputTokens), rows.Sum(row => row.OutputTokens));
                    Assert.Equal(all.Count(r => r.Source != UsageSource.Free), rows.Sum(row => row.Requests));
                    Assert.Equal(all.Count(r => r.Source != UsageSource.Free && r.Cost is null), rows.Sum(row => row.UnpricedRequests));
                    Assert.Equal(rows.Count, rows.Select(row => string.Join('|', row.Group)).Distinct(StringComparer.Ordinal).Count());
                }
            },
            iter: 25,
            threads: 1);
    }

    // The same figures, however coarse the rows that they are read from.
    [Theory]
    [InlineData("UTC")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("America/New_York")]
    [InlineData("Europe/Berlin")]
    [InlineData("Australia/Lord_Howe")]
    public async Task Days_are_the_sum_of_their_hours_also_where_the_clocks_change(string zone)
    {
        var from = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var to = new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);
        _file.Append(Enumerable.Range(0, 1_500).Select(i => Records.Call(cost: i, at: from.AddMinutes(i * 257.0), tenant: $"t{i % 3}", model: $"m{i % 2}")));

        var days = await ReadAllAsync([UsageGroup.Day], zone, from, to);
        var hours = await ReadAllAsync([UsageGroup.Hour], zone, from, to);
        var models = await ReadAllAsync([UsageGroup.Tenant, UsageGroup.Model, UsageGroup.Day], zone, from, to);

        Assert.Equal(
            hours.GroupBy(h => h.Group[0][..10]).Select(g => (g.Key, g.Sum(h => h.Cost.Value))).Order(),
            days.Select(d => (d.Group[0], d.Cost.Value)).Order());
        Assert.Equal(
            models.GroupBy(m => m.Group[2]).Select(g => (g.Key, g.Sum(m => m.Cost.Value))).Order(),
            days.Select(d => (d.Group[0], d.Cost.Value)).Order());
        Assert.Equal(days.Sum(d => d.Cost.Value), Assert.Single(await ReadAllAsync([], zone, from, to)).Cost.Value);
    }

    private async Task<List<UsageRow>> ReadAllAsync(IReadOnlyList<UsageGroup> groups, string zone, DateTimeOffset from, DateTimeOffset to)
    {
        var rows = new List<UsageRow>();
        string? after = null;
        do
        {
            var page = await _file.Ledger.QueryUsageAsync(Records.Query(null, groups, zone, from, to, after, 97), default);
            rows.AddRange(page.Rows);
            after = page.Next;
        }
        while (after is not null);
        return rows;
    }

    public void Dispose() => _file.Dispose();
}
