using LLMeterProxy.Cli;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
using LLMeterProxy.Simulator;
using LLMeterProxy.Simulator.Demo;

namespace LLMeterProxy.Features;

/// <summary>
/// <c>demo</c>: the real server in front of simulated providers, with three tenants, keys, caps and traffic. One tenant runs
/// a 5,000-PDF ingest into its cap while the others are served on. Its data directory is temporary and goes with it.
/// </summary>
internal static class Demo
{
    private const string ProviderKey = "sk-demo-provider-key";
    private const string Actor = "demo";

    private static readonly (string Id, string Name, decimal CapUsd)[] _tenants =
    [
        (DemoTraffic.ChatTenant, "Bluebird Chat", 25m),
        (DemoTraffic.SupportTenant, "Parcel Support", 10m),
        (DemoTraffic.IngestTenant, "Paper Ingest", 5m),
    ];

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("llmeter-demo-").FullName;
        try
        {
            return await RunAsync(args, directory, cancellationToken);
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.BadConfiguration;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"The demo cannot start: {e.Message}");
            await Console.Error.WriteLineAsync("Is another server on these ports? Add --LLMeter:Listen:Gateway=http://127.0.0.1:0 --LLMeter:Listen:Control=http://127.0.0.1:0");
            return ExitCodes.BadConfiguration;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string[] args, string directory, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                ExpectedKeys = [ProviderKey],
                KeepBills = false,
                RecordedRequests = 0,
                Delay = TimeSpan.FromMilliseconds(40),
                ChunkDelay = TimeSpan.FromMilliseconds(15),
            },
            cancellationToken);
        await using var app = Server.Build([.. args, .. Settings(simulator.BaseUrl, directory)]);
        await app.StartAsync(cancellationToken);
        var keys = await CreateTenantsAsync(app.Services, cancellationToken);
        var (gateway, control) = Server.Addresses(app);
        PrintIntroduction(app, gateway, control, keys);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        var board = new DemoBoard(app.Services, _tenants.Select(t => t.Id));
        var traffic = new DemoTraffic(new DemoTrafficOptions
        {
            Gateway = new Uri(gateway),
            ChatKey = keys[DemoTraffic.ChatTenant],
            SupportKey = keys[DemoTraffic.SupportTenant],
            IngestKey = keys[DemoTraffic.IngestTenant],
            IngestPause = TimeSpan.FromMilliseconds(300),
        });
        var sending = traffic.RunAsync(board, stop.Token);
        await board.ShowAsync(stop.Token);
        await sending;
        await app.StopAsync(CancellationToken.None);
        return 0;
    }

    private static IEnumerable<string> Settings(Uri simulator, string directory)
    {
        yield return $"--LLMeter:DataDirectory={directory}";
        yield return "--LLMeter:Gateway:DrainTimeout=1";
        yield return "--Logging:LogLevel:Default=Warning";
        foreach (var name in (string[])["openai", "anthropic", "gemini", "openrouter"])
        {
            yield return $"--LLMeter:Providers:{name}:BaseUrl={simulator}{name}";
            yield return $"--LLMeter:Providers:{name}:ApiKeys:0={ProviderKey}";
        }
    }

    private static async Task<Dictionary<string, string>> CreateTenantsAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<ITenancyStore>();
        var mint = services.GetRequiredService<AdminApi.IKeyMint>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, name, cap) in _tenants)
        {
            await store.AddTenantAsync(new Tenant { Id = id, Name = name, TimeZone = "UTC", CreatedAt = now }, Actor, cancellationToken);
            var (secret, hash, prefix) = mint.Mint();
            await store.AddKeyAsync(
                new VirtualKey { Id = mint.NewKeyId(), TenantId = id, Name = "app", Prefix = prefix, Hash = hash, CreatedAt = now }, Actor, cancellationToken);
            await store.PutBudgetAsync(
                new Budget { Id = mint.NewBudgetId(), TenantId = id, Name = "main", ScopeId = id, Limit = NanoUsd.FromUsd(cap), CreatedAt = now },
                null,
                Actor,
                cancellationToken);
            keys[id] = secret;
        }

        return keys;
    }

    private static void PrintIntroduction(WebApplication app, string gateway, string control, Dictionary<string, string> keys)
    {
        var secrets = app.Services.GetRequiredService<SecretsInUse>();
        Console.WriteLine($"""
            LLMeterProxy {ProductVersion.Text} demo: simulated providers, three tenants, live traffic. Ctrl+C ends it and removes its data.

              gateway      {gateway}
              control      {control}   (OpenAPI: {control}/openapi/v1.json)
              admin token  {secrets.AdminToken}

            A call as the chat client makes it:

              curl {gateway}/openai/v1/chat/completions -H 'Authorization: Bearer {keys[DemoTraffic.ChatTenant]}' -H 'Content-Type: application/json' -d '{Example("gpt-4o-mini", 100, "Say hello.")}'

            A document as the ingest client sends it. Its cap is reached after about half a minute; from then on this is the refusal that it sees:

              curl {gateway}/openai/v1/chat/completions -H 'Authorization: Bearer {keys[DemoTraffic.IngestTenant]}' -H 'Content-Type: application/json' -d '{Example("gpt-4o", 4000, "Read this PDF.")}'

            What it cost, by tenant:

              curl '{control}/api/v1/usage?groupBy=tenant,model' -H 'Authorization: Bearer {secrets.AdminToken}'

            """);
    }

    private static string Example(string model, int limit, string text) =>
        $$"""{"model":"{{model}}","max_completion_tokens":{{limit}},"messages":[{"role":"user","content":"{{text}}"}]}""";
}
