using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.FunctionalTests.Configuration;
using LLMeterProxy.FunctionalTests.Restart;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.FunctionalTests.Repricing;

/// <summary>The program is killed in the middle of a repricing, at whatever point that is: the next run finds what is done and does the rest.</summary>
public sealed class KilledRunTests
{
    private const int Calls = 12_000;

    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "total");

    [Fact]
    [Trait("Acceptance", "A59,A27")]
    public async Task A_killed_run_charges_nothing_twice_and_the_next_one_finishes_it()
    {
        using var directory = new TempDirectory();
        Seed(directory);
        string[] settings =
        [
            "LLMeter:Listen:Gateway=http://127.0.0.1:0", "LLMeter:Listen:Control=http://127.0.0.1:0", "LLMeter:DataDirectory=data",
            $"LLMeter:Admin:Token={TestNode.AdminToken}", "LLMeter:Prices:Override=" + directory.File("prices.json", Prices),
        ];
        Task run;
        using (var first = ServerProcess.Start(directory.Path, settings))
        {
            using var admin = await ConnectAsync(first);
            run = RepriceAsync(admin);
            await Patience.UntilAsync(() => Number(directory, "SELECT count(*) FROM records WHERE corrects IS NOT NULL") > 0, "an adjustment is in the ledger");
        }

        await Assert.ThrowsAnyAsync<Exception>(() => run);

        using var second = ServerProcess.Start(directory.Path, settings);
        using var again = await ConnectAsync(second);
        var finished = await RepriceAsync(again);
        var idle = await RepriceAsync(again);

        Assert.Equal(Calls, finished.GetProperty("records").GetInt64());
        Assert.Equal("0.036", finished.GetProperty("newCostUsd").GetString());
        Assert.Equal(0, idle.GetProperty("changed").GetInt64());
        Assert.Equal((Calls, Calls), (Number(directory, "SELECT count(*) FROM records WHERE corrects IS NULL"), Number(directory, "SELECT count(DISTINCT corrects) FROM records")));
        Assert.Equal(2 * Calls, Number(directory, "SELECT count(*) FROM records"));
        Assert.Equal(Calls * 3_000, Number(directory, "SELECT sum(cost) FROM rollups"));
        Assert.Equal(Calls * 3_000, Number(directory, "SELECT sum(spent) FROM budget_spend"));
        Assert.Equal(0, Number(directory, "SELECT count(*) FROM displaced_records"));
    }

    // The calls below are of one token at 2 USD a million, 2,000 nano-USD; by this file it is 3,000.
    private const string Prices =
        """
        {"form":1,"date":"2026-01-01","lists":{"openai":{"models":{"alpha":{"prices":[
          {"effectiveFrom":"2020-01-01","source":"test","read":"2026-01-01","perMillionTokens":{"input_token":"3"}}]}}}}}
        """;

    private static void Seed(TempDirectory directory)
    {
        using var journal = new MappedJournal(
            new JournalOptions { Directory = Directory.CreateDirectory(directory.File("data/journal")).FullName },
            new InProcessBudgetStore(),
            TimeProvider.System,
            message => throw new InvalidOperationException(message),
            NullLogger<MappedJournal>.Instance);
        var now = DateTimeOffset.UtcNow.AddHours(-1);
        for (var i = 0; i < Calls; i++)
        {
            var id = RequestIdGenerator.At(now.AddMilliseconds(i / 3));
            journal.AppendRecord(new UsageRecord
            {
                AttemptId = id.Attempt(1),
                Tenant = "acme",
                KeyId = "key_1",
                Provider = "openai",
                Operation = "chat",
                ModelRequested = "alpha",
                Model = "alpha",
                Status = 200,
                Outcome = RequestOutcome.Completed,
                Source = UsageSource.Reported,
                Usage = new TokenUsage { InputTokens = 1, UncachedInputTokens = 1 },
                Lines = [new CostLine(UnitNames.InputToken, 1, 2_000_000_000, new NanoUsd(2_000))],
                Cost = new NanoUsd(2_000),
                Billed = new NanoUsd(2_000),
                PriceVersion = "before",
                Budgets = [_budget],
                Timings = new RequestTimings(id.OccurredAt, 1, null, 2),
            });
        }
    }

    private static async Task<HttpClient> ConnectAsync(ServerProcess server)
    {
        await server.GatewayAsync();
        await Patience.UntilAsync(() => ControlUrl(server) is not null, "the program says where it is controlled");
        var admin = new HttpClient { BaseAddress = new Uri(ControlUrl(server)!) };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestNode.AdminToken);
        return admin;
    }

    private static string? ControlUrl(ServerProcess server) => server.Output.Split('\n')
        .Select(line => line.Trim()).Where(line => line.StartsWith("control", StringComparison.Ordinal))
        .Select(line => line[line.IndexOf("http", StringComparison.Ordinal)..].Split(' ')[0]).FirstOrDefault();

    private static async Task<JsonElement> RepriceAsync(HttpClient admin)
    {
        var now = DateTimeOffset.UtcNow;
        using var response = await admin.PostAsJsonAsync("/api/v1/prices/reprice", new { from = now.AddDays(-1), to = now });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("total");
    }

    private static long Number(TempDirectory directory, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={directory.File("data/ledger.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
