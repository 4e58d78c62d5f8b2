using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LLMeterProxy.LoadTests.Processes;

/// <summary>The proxy as a process that can be killed and started again on the same directory and ports.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private const string AdminToken = "admin-token-of-the-crash-test-0123456789";

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(10);

    private readonly string _directory;
    private readonly string[] _command;
    private readonly bool _isTraced;
    private readonly HttpClient _admin;
    private ChildProcess? _process;

    /// <param name="settings">Further settings by key.</param>
    /// <param name="tracer">A command that runs the proxy as its child; empty runs it directly.</param>
    public ProxyProcess(string proxyDll, string directory, string simulatorUrl, int[] ports, IReadOnlyDictionary<string, string> settings, string[] tracer)
    {
        _directory = directory;
        _isTraced = tracer.Length > 0;
        GatewayPort = ports[0];
        GatewayUrl = $"http://127.0.0.1:{ports[0]}";
        _admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[1]}"), Timeout = TimeSpan.FromSeconds(20) };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        DataDirectory = Path.Combine(directory, "data");
        List<string> command =
        [
            .. tracer,
            "dotnet",
            proxyDll,
            $"--LLMeter:Listen:Gateway={GatewayUrl}",
            $"--LLMeter:Listen:Control={_admin.BaseAddress.AbsoluteUri.TrimEnd('/')}",
            $"--LLMeter:DataDirectory={DataDirectory}",
            $"--LLMeter:Admin:Token={AdminToken}",
            "--LLMeter:Gateway:DrainTimeout=10",
        ];
        foreach (var provider in (string[])["openai", "anthropic", "gemini", "openrouter"])
        {
            command.Add($"--LLMeter:Providers:{provider}:BaseUrl={simulatorUrl}/{provider}");
            command.Add($"--LLMeter:Providers:{provider}:ApiKeys:0=provider-key-0123456789");
        }

        command.AddRange(settings.Select(s => $"--{s.Key}={s.Value}"));
        _command = [.. command];
    }

    public string GatewayUrl { get; }

    public int GatewayPort { get; }

    public string DataDirectory { get; }

    /// <summary>Output of every run, one after the other.</summary>
    public string LogPath => Path.Combine(_directory, "proxy.log");

    public void Start() => _process = ChildProcess.Start("proxy", _command[0], _command[1..], _directory);

    /// <summary>Returns when the node takes calls.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message has where to read why.</exception>
    public async Task WaitReadyAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            if (_process!.HasExited)
            {
                throw new InvalidOperationException($"The proxy ended while it started; see {LogPath}");
            }

            try
            {
                using var response = await _admin.GetAsync("/readyz", deadline.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(_poll, deadline.Token);
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        var exitCode = await _process!.StopAsync(TimeSpan.FromSeconds(90), _isTraced);
        _process.Dispose();
        _process = null;
        return exitCode;
    }

    public Task<JsonElement> GetAsync(string path) => _admin.GetFromJsonAsync<JsonElement>(path);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await _admin.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement
            : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
    }

    public void Dispose()
    {
        Kill();
        _admin.Dispose();
    }
}
