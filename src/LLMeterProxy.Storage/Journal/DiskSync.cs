using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LLMeterProxy.Storage.Journal;

/// <summary>fdatasync where there is one. The file has its size and its blocks already, so no metadata has to follow.</summary>
internal static partial class DiskSync
{
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

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FdataSync(SafeFileHandle file);
}
