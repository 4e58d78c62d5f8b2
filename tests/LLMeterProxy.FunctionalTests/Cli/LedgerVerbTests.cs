using System.Net;
using LLMeterProxy.Cli;
using LLMeterProxy.Features;
using LLMeterProxy.FunctionalTests.Configuration;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.TestKit;
using Microsoft.Extensions.Configuration;

namespace LLMeterProxy.FunctionalTests.Cli;

/// <summary>The verbs that work on a ledger without a server.</summary>
public sealed class LedgerVerbTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string LedgerDirectory => _directory.File("ledger");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Migrate_makes_the_ledger_and_a_second_time_finds_nothing_to_do()
    {
        Assert.Contains("brought up to date", (await MigrateAsync()).Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(LedgerDirectory, "ledger.db")));
        var again = await MigrateAsync();
        Assert.Equal(ExitCodes.Success, again.Code);
        Assert.Contains("was up to date", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_left_behind_goes_into_another_ledger_and_again_changes_nothing()
    {
        var left = _directory.File("left");
        string tenant;
        await using (var node = await TestNode.StartAsync(new TestNodeOptions { DataDirectory = left }))
        {
            (tenant, var key) = await node.NewTenantAsync();
            for (var i = 0; i < 3; i++)
            {
                using var client = node.Client(key);
                using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, null));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        await MigrateAsync();
        var shipped = await ShipAsync(left);
        Assert.Contains("3 records shipped", shipped.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, shipped.Code);
        Assert.Equal(ExitCodes.Success, (await ShipAsync(Path.Combine(left, "journal"))).Code);

        await using var other = await TestNode.StartAsync(new TestNodeOptions { DataDirectory = LedgerDirectory });
        await other.AddTenantAsync(tenant);
        Assert.Equal(3, (await other.RecordsAsync(tenant, 3)).Count);
    }

    [Fact]
    public async Task A_running_server_keeps_both_verbs_off_its_ledger_and_its_journal()
    {
        var idle = _directory.File("idle");
        await using (await TestNode.StartAsync(new TestNodeOptions { DataDirectory = idle }))
        {
        }

        await using var node = await TestNode.StartAsync(new TestNodeOptions { DataDirectory = LedgerDirectory });
        Assert.Contains("A server runs", (await FailAsync(MigrateAsync)).Message, StringComparison.Ordinal);
        Assert.Contains("A server runs", (await FailAsync(() => ShipAsync(idle))).Message, StringComparison.Ordinal);
        Assert.Contains("in use by another process", (await FailAsync(() => ShipAsync(LedgerDirectory))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_a_journal_and_one_without_a_ledger_are_refused_and_nothing_is_made_there()
    {
        var nothing = _directory.File("nothing");
        Assert.Contains("no journal", (await FailAsync(() => ShipAsync(nothing))).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(nothing));

        var left = _directory.File("left");
        await using (await TestNode.StartAsync(new TestNodeOptions { DataDirectory = left }))
        {
        }

        Assert.Contains("no ledger", (await FailAsync(() => ShipAsync(left))).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(LedgerDirectory));
    }

    [Fact]
    public async Task Bad_settings_of_the_ledger_are_refused_and_others_are_none_of_its_business()
    {
        var settings = Settings();
        settings["LLMeter:Providers:openai:Kind"] = "unheard-of";
        Assert.Equal(ExitCodes.Success, (await RunAsync(settings, LedgerVerbs.MigrateAsync)).Code);
        settings["LLMeter:Postgres:ConnectionString"] = "Pasword=hunter2hunter2";
        var refused = await Assert.ThrowsAsync<CliException>(() => RunAsync(settings, LedgerVerbs.MigrateAsync));
        Assert.Equal(ExitCodes.BadConfiguration, refused.ExitCode);
        Assert.Contains("LLMeter:Postgres:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<CliException> FailAsync(Func<Task<(int Code, string Output)>> verb)
    {
        var refused = await Assert.ThrowsAsync<CliException>(verb);
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        return refused;
    }

    private static async Task<(int Code, string Output)> RunAsync(
        Dictionary<string, string?> settings, Func<IConfigurationRoot, TextWriter, CancellationToken, Task<int>> verb)
    {
        await using var output = new StringWriter();
        var code = await verb(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), output, CancellationToken.None);
        return (code, output.ToString());
    }

    private Dictionary<string, string?> Settings() => new() { ["LLMeter:DataDirectory"] = LedgerDirectory };

    private Task<(int Code, string Output)> MigrateAsync() => RunAsync(Settings(), LedgerVerbs.MigrateAsync);

    private Task<(int Code, string Output)> ShipAsync(string journal) =>
        RunAsync(Settings(), (configuration, output, cancellationToken) => LedgerVerbs.ShipJournalAsync(configuration, journal, output, cancellationToken));
}
