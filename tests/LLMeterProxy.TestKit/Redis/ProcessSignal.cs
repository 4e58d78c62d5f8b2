using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LLMeterProxy.TestKit.Redis;

/// <summary>Signals to one process that a test started, by their Linux numbers.</summary>
internal static partial class ProcessSignal
{
    public const int Term = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
