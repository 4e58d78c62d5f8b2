using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.Features;
using LLMeterProxy.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.TestKit;

/// <summary>
/// One whole node in this process, on real sockets of 127.0.0.1: simulator, gateway listener, control listener, journal and
/// ledger in a directory of its own. What a test does to it, it does as a client or an operator would.
/// </summary>
public sealed class TestNode : IAsyncDisposable
{
    public const string ProviderKey = "sk-provider-canary-0123456789abcdef";
    public const string AdminToken = "admin-token-for-tests-0123456789abcdef";

    private readonly bool _ownsSimulator;
    private WebApplication _app;

    private TestNode(WebApplication app, SimulatorHost simulator, bool ownsSimulator, string directory, TestNodeOptions options, CapturedLogs logs)
    {
        _app = app;
        _ownsSimulator = ownsSimulator;
        Simulator = simulator;
        DataDirectory = directory;
        Options = options;
        Logs = logs;
        Connect();
    }

    public SimulatorHost Simulator { get; }

    public string DataDirectory { get; }

    public TestNodeOptions Options { get; }

    public CapturedLogs Logs { get; }

    /// <summary>Without a trailing slash.</summary>
    public string GatewayUrl { get; private set; } = "";

    /// <summary>Without a trailing slash.</summary>
    public string ControlUrl { get; private set; } = "";

    /// <summary>A client of the control listener with the admin token.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<TestNode> StartAsync(TestNodeOptions? options = null)
    {
        options ??= new TestNodeOptions();
        var simulator = options.Simulator ?? await SimulatorHost.StartAsync(options.SimulatorOptions);
        var directory = options.DataDirectory ?? Directory.CreateTempSubdirectory("llmeter-test-").FullName;
        var logs = new CapturedLogs();
        var app = Build(options, simulator, directory, logs);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // A node that did not start must not keep its directory locked.
            await app.DisposeAsync();
            if (options.Simulator is null)
            {
                await simulator.DisposeAsync();
            }

            throw;
        }

        return new TestNode(app, simulator, options.Simulator is null, directory, options, logs);
    }

    /// <summary>Stops the node as SIGTERM does, and starts it again on the same directory.</summary>
    public async Task RestartAsync()
    {
        await StopServerAsync();
        await StartServerAsync();
    }

    /// <summary>Starts a stopped node again.</summary>
    public async Task StartServerAsync()
    {
        _app = Build(Options, Simulator, DataDirectory, Logs);
        await _app.StartAsync();
        Connect();
    }

    public async Task StopServerAsync()
    {
        Admin.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>A client of the gateway listener with the key as bearer.</summary>
    public HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = new Uri(GatewayUrl), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async Task AddTenantAsync(string id, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["id"] = id;
        using var response = await Admin.PostAsJsonAsync("/api/v1/tenants", body);
        await EnsureAsync(response);
    }

    /// <returns>The secret.</returns>
    public async Task<string> IssueKeyAsync(string tenant, object? more = null) => (await IssueKeyWithIdAsync(tenant, more)).Secret;

    public async Task<(string Id, string Secret)> IssueKeyWithIdAsync(string tenant, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["name"] ??= "test";
        using var response = await Admin.PostAsJsonAsync($"/api/v1/tenants/{tenant}/keys", body);
        await EnsureAsync(response);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (json.GetProperty("id").GetString()!, json.GetProperty("key").GetString()!);
    }

    /// <summary>A tenant of its own with one key.</summary>
    public async Task<(string Tenant, string Key)> NewTenantAsync(object? budget = null)
    {
        var tenant = $"t{Guid.NewGuid():N}"[..12];
        await AddTenantAsync(tenant);
        if (budget is not null)
        {
            await SetBudgetAsync(tenant, "main", budget);
        }

        return (tenant, await IssueKeyAsync(tenant));
    }

    public async Task SetBudgetAsync(string tenant, string name, object budget)
    {
        using var response = await Admin.PutAsJsonAsync($"/api/v1/tenants/{tenant}/budgets/{name}", budget);
        await EnsureAsync(response);
    }

    public async Task<JsonElement> BudgetAsync(string tenant, string name)
    {
        var all = await Admin.GetFromJsonAsync<JsonElement>($"/api/v1/tenants/{tenant}/budgets");
        return all.EnumerateArray().Single(b => b.GetProperty("name").GetString() == name);
    }

    /// <summary>The record of a call, once it is readable: the contract says within a second, a loaded machine gets ten.</summary>
    public async Task<JsonElement> RecordAsync(string requestId)
    {
        for (var i = 0; i < 200; i++)
        {
            using var response = await Admin.GetAsync($"/api/v1/usage/records/{requestId}");
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<JsonElement>();
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"No record of {requestId}.");
    }

    public Task<JsonElement> RecordOfAsync(HttpResponseMessage response) =>
        RecordAsync(response.Headers.GetValues("x-llmeter-request-id").Single());

    /// <summary>Every record of a tenant, once there are at least <paramref name="atLeast"/>.</summary>
    public async Task<IReadOnlyList<JsonElement>> RecordsAsync(string tenant, int atLeast = 0)
    {
        for (var i = 0; ; i++)
        {
            var records = new List<JsonElement>();
            string? cursor = null;
            do
            {
                var page = await Admin.GetFromJsonAsync<JsonElement>(
                    $"/api/v1/usage/records?tenant={tenant}&limit=1000" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"));
                records.AddRange(page.GetProperty("rows").EnumerateArray());
                cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            }
            while (cursor is not null);
            if (records.Count >= atLeast)
            {
                return records;
            }

            if (i == 200)
            {
                throw new TimeoutException($"{records.Count} records of {tenant}, expected {atLeast}.");
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        if (_ownsSimulator)
        {
            await Simulator.DisposeAsync();
        }

        if (Options.DataDirectory is null)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private static WebApplication Build(TestNodeOptions options, SimulatorHost simulator, string directory, CapturedLogs logs)
    {
        var upstream = simulator.BaseUrl.AbsoluteUri.TrimEnd('/');
        List<string> args =
        [
            "--LLMeter:Listen:Gateway=http://127.0.0.1:0",
            "--LLMeter:Listen:Control=http://127.0.0.1:0",
            $"--LLMeter:DataDirectory={directory}",
            $"--LLMeter:Admin:Token={AdminToken}",
            "--LLMeter:Gateway:DrainTimeout=2",
        ];
        foreach (var (name, kind) in options.Providers)
        {
            args.Add($"--LLMeter:Providers:{name}:Kind={kind}");
            args.Add($"--LLMeter:Providers:{name}:BaseUrl={upstream}/{name}");
            args.Add($"--LLMeter:Providers:{name}:ApiKeys:0={ProviderKey}");
        }

        args.AddRange(options.Settings.Select(s => $"--{s.Key}={s.Value}"));
        return Server.Build([.. args], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(logs);
            builder.Logging.SetMinimumLevel(LogLevel.Debug);
            options.Customize?.Invoke(builder.Services);
        });
    }

    private static async Task EnsureAsync(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    private void Connect()
    {
        (GatewayUrl, ControlUrl) = Server.Addresses(_app);
        Admin = new HttpClient { BaseAddress = new Uri(ControlUrl) };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
    }
}
