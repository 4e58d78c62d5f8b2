namespace LLMeterProxy.Storage.Journal;

/// <summary>The room of a file system.</summary>
/// <param name="FreeBytes">What this process may still use of it.</param>
/// <param name="TotalBytes">All of it.</param>
public readonly record struct DiskSpace(long FreeBytes, long TotalBytes)
{
    private const long GiB = 1L << 30;

    /// <summary>Under 5 % and under 1 GiB: a share alone would refuse calls on a big disk with room for months.</summary>
    public bool IsLow => IsBelow(share: 20, GiB);

    /// <summary>At least 10 % or 2 GiB: well above <see cref="IsLow"/>, so that calls are not refused and taken by turns.</summary>
    public bool IsAmple => !IsBelow(share: 10, 2 * GiB);

    /// <summary>Asks the system.</summary>
    /// <exception cref="IOException">It does not say.</exception>
    public static DiskSpace Of(string directory)
    {
        var drive = new DriveInfo(directory);
        return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
    }

    private bool IsBelow(int share, long bytes) => FreeBytes < TotalBytes / share && FreeBytes < bytes;
}
