using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Keys;
using LLMeterProxy.AdminApi.Prices;
using LLMeterProxy.AdminApi.Repricing;
using LLMeterProxy.AdminApi.Service;
using LLMeterProxy.AdminApi.Tenants;
using LLMeterProxy.AdminApi.Usage;

namespace LLMeterProxy.Cli;

/// <summary>Calls the admin API of a running server.</summary>
/// <exception cref="CliException">From every call: nobody answers, the token is wrong, or the server refuses and says why.</exception>
internal sealed class AdminClient : IDisposable
{
    private const int PageSize = 500;

    private readonly HttpClient _http;

    /// <param name="token">Null where none was found; the server then says that it needs one.</param>
    /// <param name="timeout">Null for 30 s.</param>
    public AdminClient(Uri server, string? token, TimeSpan? timeout = null)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = timeout ?? TimeSpan.FromSeconds(30) };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Task<TenantResponse> AddTenantAsync(TenantBody tenant, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/api/v1/tenants", tenant, AdminRequestJson.Default.TenantBody, AdminJson.Default.TenantResponse, cancellationToken);

    public Task<IReadOnlyList<TenantResponse>> ListTenantsAsync(CancellationToken cancellationToken) =>
        ReadPagesAsync("/api/v1/tenants?", AdminJson.Default.PageResponseTenantResponse, cancellationToken);

    public Task<KeyResponse> IssueKeyAsync(string tenant, KeyBody key, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, $"/api/v1/tenants/{Escape(tenant)}/keys", key, AdminRequestJson.Default.KeyBody, AdminJson.Default.KeyResponse, cancellationToken);

    public Task<IReadOnlyList<KeyResponse>> ListKeysAsync(string tenant, CancellationToken cancellationToken) =>
        ReadPagesAsync($"/api/v1/tenants/{Escape(tenant)}/keys?", AdminJson.Default.PageResponseKeyResponse, cancellationToken);

    public Task<KeyResponse> RotateKeyAsync(string id, long graceSeconds, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, $"/api/v1/keys/{Escape(id)}/rotate", new RotateBody(graceSeconds), AdminRequestJson.Default.RotateBody, AdminJson.Default.KeyResponse, cancellationToken);

    public async Task RevokeKeyAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/keys/{Escape(id)}");
        using var response = await ExchangeAsync(request, cancellationToken);
    }

    /// <param name="tenant">Null for a global budget.</param>
    public Task<BudgetResponse> PutBudgetAsync(string? tenant, string name, BudgetBody budget, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, $"{BudgetsOf(tenant)}/{Escape(name)}", budget, AdminRequestJson.Default.BudgetBody, AdminJson.Default.BudgetResponse, cancellationToken);

    /// <param name="tenant">Null for the global budgets.</param>
    public Task<IReadOnlyList<BudgetResponse>> ListBudgetsAsync(string? tenant, CancellationToken cancellationToken) =>
        GetAsync(BudgetsOf(tenant), AdminJson.Default.IReadOnlyListBudgetResponse, cancellationToken);

    /// <param name="query">Names and values of the contract; null values are left out.</param>
    public Task<IReadOnlyList<UsageRowResponse>> QueryUsageAsync(IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellationToken) =>
        ReadPagesAsync(
            "/api/v1/usage?" + string.Concat(query.Where(p => p.Value is not null).Select(p => $"{p.Key}={Escape(p.Value!)}&")),
            AdminJson.Default.PageResponseUsageRowResponse,
            cancellationToken);

    /// <summary>The first models whose id contains <paramref name="model"/>.</summary>
    public Task<PricesResponse> ReadPricesAsync(string? provider, string? model, int limit, CancellationToken cancellationToken) => GetAsync(
        $"/api/v1/prices?limit={limit.ToString(CultureInfo.InvariantCulture)}&provider={Escape(provider ?? "")}&model={Escape(model ?? "")}",
        AdminJson.Default.PricesResponse,
        cancellationToken);

    public Task<RepriceResponse> RepriceAsync(RepriceBody period, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, "/api/v1/prices/reprice", period, AdminRequestJson.Default.RepriceBody, AdminJson.Default.RepriceResponse, cancellationToken);

    /// <summary>Whether the server takes metered calls, and its clock (UTC) from the answer's <c>Date</c>.</summary>
    public async Task<(HealthResponse Health, DateTimeOffset? Clock)> ReadReadinessAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/readyz");
        using var response = await ReachAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var health = await JsonSerializer.DeserializeAsync(body, AdminJson.Default.HealthResponse, cancellationToken);
        return (health ?? new HealthResponse("unknown", null), response.Headers.Date);
    }

    public void Dispose() => _http.Dispose();

    private static string BudgetsOf(string? tenant) => tenant is null ? "/api/v1/budgets" : $"/api/v1/tenants/{Escape(tenant)}/budgets";

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private async Task<IReadOnlyList<T>> ReadPagesAsync<T>(string path, JsonTypeInfo<PageResponse<T>> shape, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        string? cursor = null;
        do
        {
            var next = cursor is null ? "" : $"&cursor={Escape(cursor)}";
            var page = await GetAsync($"{path}limit={PageSize.ToString(CultureInfo.InvariantCulture)}{next}", shape, cancellationToken);
            rows.AddRange(page.Rows);
            cursor = page.Next;
        }
        while (cursor is not null);
        return rows;
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        return ReadAsync(request, shape, cancellationToken);
    }

    private Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyShape, JsonTypeInfo<TAnswer> answerShape, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyShape)) { Headers = { ContentType = new("application/json") } },
        };
        return ReadAsync(request, answerShape, cancellationToken);
    }

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await ExchangeAsync(request, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, shape, cancellationToken)
                ?? throw new CliException(ExitCodes.Failed, $"{_http.BaseAddress} answered with nothing.");
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await ReachAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> ReachAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new CliException(
                ExitCodes.NoServer,
                $"No server answers at {_http.BaseAddress} ({unreachable.Message}). Start one with 'llmeter', or name its control listener with --url or LLMETER_URL.",
                unreachable);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.NoServer, $"{_http.BaseAddress} did not answer within {_http.Timeout.TotalSeconds:0} s.", late);
        }
    }

    private async Task<CliException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new CliException(
                ExitCodes.Unauthorized,
                $"{_http.BaseAddress} does not take {(_http.DefaultRequestHeaders.Authorization is null ? "calls without a token" : "this token")}. "
                + "Give the admin token with --token or LLMETER_ADMIN_TOKEN, or run where the data directory's file admin-token can be read.");
        }

        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (JsonSerializer.Deserialize(text, AdminJson.Default.ProblemResponse) is { Code: not null } problem)
            {
                return new CliException(ExitCodes.Failed, $"{problem.Detail} ({problem.Code})");
            }
        }
        catch (JsonException)
        {
            // Not our problem format, so not our server: the status and the address say more than its page.
        }

        return new CliException(ExitCodes.Failed, $"{_http.BaseAddress} answered {(int)response.StatusCode}. Is that the control listener?");
    }
}
