using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LLMeterProxy.LoadTests.Processes;

/// <summary>A process that this one started, in this one's process group: a shell that ends the group ends both.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly StreamWriter _log;

    private ChildProcess(Process process, StreamWriter log)
    {
        _process = process;
        _log = log;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="directory">Of the log; also where the process works.</param>
    /// <param name="line">Shown every line of output, on another thread.</param>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, string directory, Action<string>? line = null)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var log = new StreamWriter(Path.Combine(directory, name + ".log"), append: true) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Write(e.Data);
        process.ErrorDataReceived += (_, e) => Write(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, log);

        void Write(string? text)
        {
            if (text is null)
            {
                return;
            }

            lock (log)
            {
                log.WriteLine(text);
            }

            line?.Invoke(text);
        }
    }

    /// <summary>SIGKILL; returns when the process is gone and its output is read.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    /// <summary>SIGTERM, to its only child where it is a tracer: a tracer that is told to stop lets go and leaves the child running.</summary>
    /// <returns>The exit code; a tracer's is its child's.</returns>
    /// <exception cref="TimeoutException">It did not end in time; it was killed.</exception>
    public async Task<int> StopAsync(TimeSpan limit, bool isTracer)
    {
        Signal(isTracer ? OnlyChild() : _process.Id);
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end within {limit} of SIGTERM.", e);
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        lock (_log)
        {
            _log.Dispose();
        }
    }

    private int OnlyChild() => int.Parse(File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Trim());

    private static void Signal(int processId)
    {
        if (Send(processId, Sigterm) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int processId, int signal);
}
