using System.Text.Json.Nodes;
using LLMeterProxy.Cli;
using LLMeterProxy.Cli.Checks;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("llmeter-cli-");
    private readonly List<string> _delegated = [];
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);
    private IReadOnlyList<ICheck> _checks = [];

    public void Dispose() => _directory.Delete(recursive: true);

    private CommandLineHandlers Handlers() => new()
    {
        Serve = (args, _) => Delegate("serve", args),
        Demo = (args, _) => Delegate("demo", args),
        Simulator = (args, _) => Delegate("simulator", args),
        ResetToken = (args, _) => Delegate("token reset", args),
        Configure = args => new ConfigurationBuilder().AddInMemoryCollection(_settings).AddCommandLine(args).Build(),
        Checks = _ => _checks,
    };

    private Task<int> Delegate(string verb, string[] args)
    {
        _delegated.Add($"{verb}: {string.Join(' ', args)}");
        return Task.FromResult(0);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(AdminServer? server, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        string[] target = server is null ? [] : ["--url", server.Url.ToString(), "--token", AdminServer.Token];
        var code = await CommandLine.RunAsync([.. args, .. target], Handlers(), console, output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }

    [Theory]
    [InlineData("", "serve: ")]
    [InlineData("--LLMeter:Listen:Control=http://127.0.0.1:1 --urls=x", "serve: --LLMeter:Listen:Control=http://127.0.0.1:1 --urls=x")]
    [InlineData("--LLMeter:TimeZone Europe/Berlin", "serve: --LLMeter:TimeZone Europe/Berlin")]
    [InlineData("demo --LLMeter:Listen:Gateway=http://127.0.0.1:1", "demo: --LLMeter:Listen:Gateway=http://127.0.0.1:1")]
    [InlineData("simulator", "simulator: ")]
    [InlineData("token reset --LLMeter:DataDirectory=/tmp/x", "token reset: --LLMeter:DataDirectory=/tmp/x")]
    public async Task Settings_pass_through_to_the_host(string line, string expected)
    {
        var (code, _, _) = await RunAsync(null, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, code);
        Assert.Equal([expected], _delegated);
    }

    [Theory]
    [InlineData("tenant list")]
    [InlineData("serve")]
    [InlineData("--verbose")]
    [InlineData("tenants list --jsn")]
    [InlineData("tenants add")]
    [InlineData("keys issue acme")]
    [InlineData("budgets set acme main --window month --limit ten")]
    [InlineData("top --interval 0")]
    [InlineData("tenants list --url nonsense")]
    public async Task A_mistyped_line_is_a_usage_error_and_starts_nothing(string line)
    {
        var (code, _, error) = await RunAsync(null, line.Split(' '));
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
        Assert.Empty(_delegated);
    }

    [Fact]
    public async Task Help_lists_the_verbs_but_not_the_hidden_one()
    {
        var (code, output, _) = await RunAsync(null, "--help");
        Assert.Equal(0, code);
        Assert.All(new[] { "demo", "tenants", "keys", "budgets", "usage", "prices", "check", "top", "token" }, verb => Assert.Contains(verb, output, StringComparison.Ordinal));
        Assert.DoesNotContain("simulator", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_day_of_an_operator_works_end_to_end()
    {
        await using var server = await AdminServer.StartAsync();
        Assert.Equal(0, (await RunAsync(server, "tenants", "add", "acme", "--time-zone", "Europe/Berlin")).Code);
        var (code, output, _) = await RunAsync(server, "keys", "issue", "acme", "--name", "app", "--model", "gpt-*", "--gateway", "http://gw:8080/");
        Assert.Equal(0, code);
        var key = server.Tenancy.Keys.Single();
        Assert.Equal(["gpt-*"], key.Models);
        foreach (var line in new[] { "OPENAI_BASE_URL=http://gw:8080/openai/v1", "ANTHROPIC_BASE_URL=http://gw:8080/anthropic", "GOOGLE_GEMINI_BASE_URL=http://gw:8080/gemini", "OPENROUTER_BASE_URL=http://gw:8080/openrouter/api/v1", "OPENAI_API_KEY=lmp_", "ANTHROPIC_API_KEY=lmp_", "GEMINI_API_KEY=lmp_", "OPENROUTER_API_KEY=lmp_" })
        {
            Assert.Contains(line, output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await RunAsync(server, "budgets", "set", "acme", "main", "--window", "month", "--limit", "100")).Code);
        Assert.Equal(NanoUsd.FromUsd(100), server.Tenancy.Current.BudgetsOf("acme").Single().Limit);
        Assert.Equal(0, (await RunAsync(server, "budgets", "set", "global", "all", "--window", "day", "--limit", "0", "--mode", "soft")).Code);
        Assert.Equal(BudgetMode.Soft, server.Tenancy.Current.GlobalBudgets.Single().Mode);
        Assert.Contains("main", (await RunAsync(server, "budgets", "list", "acme")).Output, StringComparison.Ordinal);

        server.Ledger.Rows.Add(new UsageRow { Group = ["gpt-4o"], Requests = 1234, Cost = new NanoUsd(5), UnpricedRequests = 2 });
        var usage = await RunAsync(server, "usage", "--tenant", "acme", "--group-by", "model");
        Assert.Contains("gpt-4o", usage.Output, StringComparison.Ordinal);
        Assert.Contains("1,234", usage.Output, StringComparison.Ordinal);
        Assert.Contains("0.000000005 + 2 unpriced", usage.Output, StringComparison.Ordinal);
        Assert.Contains("acme", (await RunAsync(server, "top", "--once")).Output, StringComparison.Ordinal);
        Assert.Contains(server.Host.Current.Version, (await RunAsync(server, "prices", "show")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync(server, "keys", "rotate", key.Id, "--grace", "60")).Code);
        Assert.Equal(key.Hash, server.Tenancy.Keys.Single().PreviousHash);
        Assert.Equal(0, (await RunAsync(server, "keys", "revoke", key.Id)).Code);
        Assert.Contains("revoked", (await RunAsync(server, "keys", "list", "acme")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repricing_is_shown_by_model_and_says_whether_it_was_written()
    {
        await using var server = await AdminServer.StartAsync();
        var dry = await RunAsync(server, "prices", "reprice", "--from", "2026-11-01", "--to", "2026-12-01", "--dry-run");
        Assert.Equal(0, dry.Code);
        Assert.Contains("2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z", dry.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was written", dry.Output, StringComparison.Ordinal);
        Assert.Contains("0 adjustments written", (await RunAsync(server, "prices", "reprice", "--from", "2026-11-01", "--to", "2026-12-01")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(server, "prices", "reprice", "--from", "2026-11-01")).Code);
        var refused = await RunAsync(server, "prices", "reprice", "--from", "2026-11-01", "--to", "soon");
        Assert.Equal(1, refused.Code);
        Assert.Contains("to: must be ISO 8601", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_output_is_what_the_api_answers()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        var (_, output, _) = await RunAsync(server, "tenants", "list", "--json");
        var api = await server.SendAsync("GET", "/api/v1/tenants");
        Assert.Equal(api["rows"].ToJsonString(), JsonNode.Parse(output)!["rows"]!.ToJsonString());
        var issued = JsonNode.Parse((await RunAsync(server, "keys", "issue", "acme", "--name", "app", "--json")).Output)!;
        Assert.StartsWith("lmp_", (string?)issued["key"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_longer_than_a_page_is_whole()
    {
        await using var server = await AdminServer.StartAsync();
        for (var i = 0; i < 501; i++)
        {
            await server.Tenancy.AddTenantAsync(new() { Id = $"t{i}", Name = "", TimeZone = "UTC" }, "test", default);
        }

        Assert.Equal(501, JsonNode.Parse((await RunAsync(server, "tenants", "list", "--json")).Output)!["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_server_and_the_token_are_found_in_the_order_of_the_contract()
    {
        await using var server = await AdminServer.StartAsync();
        _settings["LLMeter:Listen:Control"] = server.Url.ToString();
        _settings["LLMeter:DataDirectory"] = _directory.FullName;
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "admin-token"), AdminServer.Token + "\n");
        Assert.Equal(0, (await RunAsync(null, "tenants", "list")).Code);

        _settings["LLMETER_ADMIN_TOKEN"] = "wrong";
        var wrong = await RunAsync(null, "tenants", "list");
        Assert.Equal(4, wrong.Code);
        Assert.Contains("--token", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(null, "tenants", "list", "--token", AdminServer.Token)).Code);

        _settings["LLMETER_URL"] = "http://127.0.0.1:1";
        var nobody = await RunAsync(null, "tenants", "list");
        Assert.Equal(3, nobody.Code);
        Assert.Contains("No server answers", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(null, "tenants", "list", "--token", AdminServer.Token, "--url", server.Url.ToString())).Code);
    }

    [Theory]
    [InlineData("http://*:8081", "http://127.0.0.1:8081")]
    [InlineData("http://0.0.0.0:8081/", "http://127.0.0.1:8081")]
    [InlineData("http://[::]:8081;http://other:1", "http://127.0.0.1:8081")]
    [InlineData("https://meter.example:443", "https://meter.example:443")]
    public void A_listen_address_becomes_one_to_connect_to(string listen, string expected) =>
        Assert.Equal(expected, CliConfiguration.Connectable(listen));

    [Fact]
    public async Task A_refusal_of_the_server_says_why()
    {
        await using var server = await AdminServer.StartAsync();
        var (code, _, error) = await RunAsync(server, "budgets", "set", "nobody", "main", "--window", "month", "--limit", "1");
        Assert.Equal(1, code);
        Assert.Contains("tenant_not_found", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_creates_tenants_caps_and_keys_and_keeps_the_keys_private()
    {
        await using var server = await AdminServer.StartAsync();
        var file = Path.Combine(_directory.FullName, "clients.csv");
        await File.WriteAllTextAsync(file, "\uFEFFid,name,zone,monthly limit\r\nacme,\"Acme, \"\"Inc\"\"\",Europe/Berlin,100.50\r\n\r\nbeta,,,\r\n");
        var (code, _, error) = await RunAsync(server, "tenants", "import", file);
        Assert.True(code == 0, error);
        var snapshot = server.Tenancy.Current;
        Assert.Equal("Acme, \"Inc\"", snapshot.FindTenant("acme")!.Name);
        Assert.Equal(NanoUsd.FromUsd(100.50m), snapshot.BudgetsOf("acme").Single().Limit);
        Assert.Equal("UTC", snapshot.FindTenant("beta")!.TimeZone);
        Assert.Empty(snapshot.BudgetsOf("beta"));

        var keysFile = Path.Combine(_directory.FullName, "clients.keys.csv");
        var lines = await File.ReadAllLinesAsync(keysFile);
        Assert.Equal(3, lines.Length);
        Assert.All(lines.Skip(1), line => Assert.Contains("lmp_", line, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keysFile));
        }

        Assert.Equal(2, (await RunAsync(server, "tenants", "import", file)).Code);
        Assert.Equal(lines, await File.ReadAllLinesAsync(keysFile));
    }

    [Theory]
    [InlineData("Acme,,,1", "line 2")]
    [InlineData("taken,,,1", "taken exists")]
    [InlineData("good,,,1", "twice")]
    [InlineData("x,,Mars/City,1", "Mars/City")]
    [InlineData("x,,,1e3", "1e3")]
    [InlineData("x,,,-1", "-1")]
    [InlineData("x,,,1,2", "more than")]
    [InlineData("x,\"open", "never closed")]
    public async Task One_bad_row_and_an_import_creates_nothing(string row, string expected)
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("taken");
        var file = Path.Combine(_directory.FullName, "clients.csv");
        await File.WriteAllTextAsync(file, $"good,,,1\n{row}\n");
        var (code, _, error) = await RunAsync(server, "tenants", "import", file);
        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(server.Tenancy.Current.Tenants);
        Assert.False(File.Exists(Path.Combine(_directory.FullName, "clients.keys.csv")));
    }

    [Fact]
    [Trait("Acceptance", "T89")]
    public async Task A_check_names_what_is_wrong_and_shows_no_secret()
    {
        await using var server = await AdminServer.StartAsync();
        server.Ledger.Rows.Add(new UsageRow { Group = ["openai", "gpt-9"], Requests = 4, UnpricedRequests = 4 });
        _settings["LLMeter:TimeZone"] = "Europe/Berlin";
        _settings["LLMeter:Pepper"] = "a-pepper-that-nobody-may-see";
        _settings["LLMeter:Providers:openai:ApiKeys:0"] = "sk-that-nobody-may-see";
        using var http = new HttpMessageInvoker(new Refusing());
        _checks = [new ProviderKeysCheck([new ProviderProbe("openai", new Uri("http://127.0.0.1/v1/models"), [new("authorization", "Bearer sk-that-nobody-may-see")])], http)];
        var (code, output, _) = await RunAsync(server, "check");
        Assert.Equal(1, code);
        Assert.Contains("openai refuses the key (401)", output, StringComparison.Ordinal);
        Assert.Contains("openai/gpt-9 has no price", output, StringComparison.Ordinal);
        Assert.Contains("LLMeter:TimeZone = Europe/Berlin from MemoryConfigurationProvider", output, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-may-see", output, StringComparison.Ordinal);

        _checks = [];
        Assert.Equal(0, (await RunAsync(server, "check")).Code);
    }

    private sealed class Refusing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.Unauthorized));
    }
}
