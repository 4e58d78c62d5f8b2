using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace LLMeterProxy.FunctionalTests.Restart;

/// <summary>The program itself, in a process of its own.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _gateway = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _control = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => _process = process;

    public static string Program => Path.Combine(AppContext.BaseDirectory, "LLMeterProxy.dll");

    /// <summary>Everything written so far, on both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static ServerProcess Start(string workingDirectory, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingDirectory };
        start.ArgumentList.Add(Program);
        foreach (var setting in settings)
        {
            start.ArgumentList.Add("--" + setting);
        }

        // Provider keys of whoever runs the tests are nothing to the program under test.
        foreach (var name in start.Environment.Keys.Where(k => k.EndsWith("_API_KEY", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, e) => server.Read(e.Data);
        server._process.ErrorDataReceived += (_, e) => server.Read(e.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>The gateway's address, once it listens.</summary>
    public Task<string> GatewayAsync() => SaidAsync(_gateway.Task);

    /// <summary>The control listener's address, once it listens.</summary>
    public Task<string> ControlAsync() => SaidAsync(_control.Task);

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<string> SaidAsync(Task<string> address)
    {
        try
        {
            return await address.WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException("The program did not say where it listens: " + Output, e);
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (ListenerLine().Match(line) is { Success: true } match)
        {
            var address = match.Groups["name"].Value == "gateway" ? _gateway : _control;
            address.TrySetResult(match.Groups["url"].Value);
        }
    }

    [GeneratedRegex(@"^\s+(?<name>gateway|control)\s+(?<url>http://\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListenerLine();
}
