using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Time.Testing;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class DiskLowTests : IDisposable
{
    private const long MiB = 1L << 20;
    private const long GiB = 1L << 30;

    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(1023 * MiB, 100 * GiB, true)]
    [InlineData(1024 * MiB, 100 * GiB, false)]
    [InlineData(400 * MiB, 10 * GiB, true)]
    [InlineData(600 * MiB, 10 * GiB, false)]
    [InlineData(20 * GiB, 10_000 * GiB, false)]
    [InlineData(0, GiB, true)]
    public void Room_is_low_under_5_percent_and_under_1_GiB(long free, long total, bool isLow) =>
        Assert.Equal(isLow, new DiskSpace(free, total).IsLow);

    [Theory]
    [InlineData(2047 * MiB, 100 * GiB, false)]
    [InlineData(2048 * MiB, 100 * GiB, true)]
    [InlineData(900 * MiB, 10 * GiB, false)]
    [InlineData(1025 * MiB, 10 * GiB, true)]
    public void Room_is_ample_from_10_percent_or_from_2_GiB(long free, long total, bool isAmple) =>
        Assert.Equal(isAmple, new DiskSpace(free, total).IsAmple);

    [Fact]
    public void The_system_says_how_much_room_there_is()
    {
        var space = DiskSpace.Of(Path.GetTempPath());

        Assert.InRange(space.FreeBytes, 0, space.TotalBytes);
        Assert.True(space.TotalBytes > 0);
    }

    [Fact]
    public void While_room_is_low_calls_are_refused_and_records_of_calls_under_way_fit()
    {
        using var journal = _test.Open();
        var intent = Intent();
        journal.AppendIntent(intent);

        Show(400 * MiB);

        Assert.False(journal.AcceptsIntents);
        Assert.Throws<JournalUnavailableException>(() => journal.AppendIntent(Intent()));
        journal.AppendRecord(Record(intent.AttemptId));
        Assert.Single(_test.Settlements.All);
        Assert.Equal(0, journal.OpenIntents);
    }

    [Fact]
    public void Calls_are_taken_again_once_there_is_clearly_more_room_than_where_they_were_refused()
    {
        using var journal = _test.Open();
        Show(400 * MiB);

        Show(600 * MiB);
        Assert.Throws<JournalUnavailableException>(() => journal.AppendIntent(Intent()));

        Show(1100 * MiB);
        journal.AppendIntent(Intent());
        Assert.True(journal.AcceptsIntents);

        Show(600 * MiB);
        journal.AppendIntent(Intent());
    }

    [Fact]
    public void A_node_that_starts_on_a_full_disk_refuses_from_the_start()
    {
        _test.Disk = new DiskSpace(400 * MiB, 10 * GiB);
        using var journal = _test.Open();

        Assert.Throws<JournalUnavailableException>(() => journal.AppendIntent(Intent()));
    }

    [Fact]
    public void A_probe_that_fails_changes_nothing_and_is_asked_again()
    {
        var time = new FakeTimeProvider();
        var space = new DiskSpace(400 * MiB, 10 * GiB);
        var fails = false;
        var changes = new List<bool>();
        using var watch = new DiskWatch(() => fails ? throw new IOException("gone") : space, (_, isLow) => changes.Add(isLow), time);

        fails = true;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(watch.IsLow);

        (fails, space) = (false, new DiskSpace(5 * GiB, 10 * GiB));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(watch.IsLow);
        Assert.Equal([true, false], changes);
    }

    private void Show(long freeBytes)
    {
        _test.Disk = new DiskSpace(freeBytes, 10 * GiB);
        _test.Time.Advance(TimeSpan.FromSeconds(1));
    }
}
