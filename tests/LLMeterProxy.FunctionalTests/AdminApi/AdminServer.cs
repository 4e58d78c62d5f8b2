using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.FunctionalTests.AdminApi.Fakes;
using LLMeterProxy.Storage.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.FunctionalTests.AdminApi;

/// <summary>The admin API behind a real Kestrel on 127.0.0.1, over stores in memory.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    public const string Token = "test-admin-token-of-32-characters!";
    public const string MetricsToken = "test-metrics-token-of-32-characters";

    private readonly WebApplication _app;

    private AdminServer(WebApplication app, FakeTimeProvider time, InMemoryTenancy tenancy, InMemoryLedger ledger, LedgerJournal journal, FixedBudgets budgets, FakeHost host)
    {
        _app = app;
        Time = time;
        Tenancy = tenancy;
        Ledger = ledger;
        Journal = journal;
        Budgets = budgets;
        Host = host;
        Url = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Url };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Anonymous = new HttpClient { BaseAddress = Url };
    }

    public FakeTimeProvider Time { get; }

    public InMemoryTenancy Tenancy { get; }

    public InMemoryLedger Ledger { get; }

    public LedgerJournal Journal { get; }

    public FixedBudgets Budgets { get; }

    public FakeHost Host { get; }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public HttpClient Anonymous { get; }

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <param name="store">In place of <see cref="Tenancy"/>.</param>
    public static async Task<AdminServer> StartAsync(Func<AdminApiOptions, AdminApiOptions>? configure = null, TenancyStore? store = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var tenancy = new InMemoryTenancy(time);
        var ledger = new InMemoryLedger();
        var journal = new LedgerJournal(ledger);
        var budgets = new FixedBudgets();
        var host = new FakeHost();
        var options = new AdminApiOptions { AdminToken = Token, MetricsToken = MetricsToken, Providers = ["openai", "anthropic"] };

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(l => l.ClearProviders());
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<ITenancyStore>(p => store is null ? tenancy : store);
        builder.Services.AddSingleton<ITenancySnapshotSource>(p => store is null ? tenancy : store);
        builder.Services.AddSingleton<ITenancyCatchUp>(p => store is null ? tenancy : store);
        builder.Services.AddSingleton<IUsageLedger>(ledger);
        builder.Services.AddSingleton<IBudgetStore>(budgets);
        builder.Services.AddSingleton<IBudgetWindows>(budgets);
        builder.Services.AddSingleton<IKeyMint>(host);
        builder.Services.AddSingleton<IZoneCatalog>(host);
        builder.Services.AddSingleton<IReadiness>(host);
        builder.Services.AddSingleton<IPriceListing>(host);
        builder.Services.AddSingleton<IPriceBookSource>(host);
        builder.Services.AddSingleton<IProviderPricings>(host);
        builder.Services.AddSingleton<IUsageJournal>(journal);
        builder.Services.AddAdminApi(configure is null ? options : configure(options));
        var app = builder.Build();
        app.UseRouting();
        app.MapAdminApi();
        app.Services.GetRequiredService<MetricsAuthorization>().Protect(app.Map("/metrics", (CancellationToken _) => "llmeter_requests_total 1"));
        await app.StartAsync();
        return new AdminServer(app, time, tenancy, ledger, journal, budgets, host);
    }

    /// <summary>Sends a request with the admin token; <paramref name="json"/> is the body as it goes on the wire.</summary>
    public async Task<Answer> SendAsync(string method, string path, string? json = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.ETag?.ToString(),
            text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async Task<Answer> CreateTenantAsync(string id, string? zone = null)
    {
        var answer = await SendAsync("POST", "/api/v1/tenants", zone is null ? $$"""{"id":"{{id}}"}""" : $$"""{"id":"{{id}}","timeZone":"{{zone}}"}""");
        Assert.Equal(201, answer.Status);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.DisposeAsync();
    }
}
