using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LLMeterProxy.Storage.Journal;

/// <summary>fdatasync where there is one. The file has its size and its blocks already, so no metadata has to follow.</summary>
internal static partial class DiskSync
{
    private const int InvalidArgument = 22;

    /// <exception cref="IOException">The bytes may be lost. Never try again: the kernel may have dropped the pages (fsync semantics of Linux).</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (FdataSync(file) != 0)
        {
            throw new IOException("fdatasync failed", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>
    /// Makes the names in a directory durable. A file that is created or renamed and then synced still loses its name in a
    /// power cut where its directory was not synced (fsync(2)), and with its name everything in it.
    /// </summary>
    /// <exception cref="IOException">The names may be lost.</exception>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var directory = Open(path, flags: 0);
        if (directory.IsInvalid)
        {
            throw new IOException($"'{path}' cannot be opened", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        // EINVAL: a file system that has nothing to sync for a directory.
        if (Fsync(directory) != 0 && Marshal.GetLastPInvokeError() is not InvalidArgument and var error)
        {
            throw new IOException($"fsync of '{path}' failed", new Win32Exception(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FdataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
