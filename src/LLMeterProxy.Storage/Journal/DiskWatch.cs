namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// Looks every second, off the request path, whether the journal's disk has room. The journal's own segments are written in
/// advance, so records of calls under way fit in any case; what runs out first is the ledger beside it.
/// </summary>
internal sealed class DiskWatch : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly Func<DiskSpace> _probe;
    private readonly Action<DiskSpace, bool> _changed;
    private readonly ITimer _timer;
    private volatile bool _isLow;

    /// <param name="probe">May throw and may take long: what was known stays in use.</param>
    /// <param name="changed">Told when the room becomes low (true) and ample again (false).</param>
    public DiskWatch(Func<DiskSpace> probe, Action<DiskSpace, bool> changed, TimeProvider time)
    {
        (_probe, _changed) = (probe, changed);
        Look();

        // Not periodic: a file system that hangs must not gather threads.
        _timer = time.CreateTimer(static watch => ((DiskWatch)watch!).LookAndGoOn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Since the room became low it has not become ample.</summary>
    public bool IsLow => _isLow;

    public void Dispose() => _timer.Dispose();

    private void LookAndGoOn()
    {
        Look();
        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        try
        {
            var space = _probe();
            var isLow = _isLow ? !space.IsAmple : space.IsLow;
            if (isLow != _isLow)
            {
                _isLow = isLow;
                _changed(space, isLow);
            }
        }
#pragma warning disable CA1031 // On a timer, where an exception ends the process: a probe that fails says nothing about the room.
        catch (Exception)
#pragma warning restore CA1031
        {
            // A disk that is really gone shows at the next segment and at the next sync, which are fatal or refuse by themselves.
        }
    }
}
