using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.Cli;
using LLMeterProxy.FunctionalTests.Configuration;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator;
using LLMeterProxy.TestKit;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.FunctionalTests.Restart;

/// <summary>A node that stops while its ledger cannot be written says so by its exit code, and loses nothing (A28).</summary>
public sealed class UnreachableLedgerTests
{
    [Fact]
    [Trait("Acceptance", "A28")]
    public async Task The_program_ends_with_75_and_the_next_start_ships_what_was_left()
    {
        using var directory = new TempDirectory();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        string[] settings =
        [
            "LLMeter:Listen:Gateway=http://127.0.0.1:0", "LLMeter:Listen:Control=http://127.0.0.1:0", "LLMeter:DataDirectory=data", "LLMeter:ShippingTimeout=1",
            "LLMeter:Admin:Token=" + TestNode.AdminToken, "LLMeter:Providers:openai:ApiKeys:0=x", $"LLMeter:Providers:openai:BaseUrl={simulator.BaseUrl}openai",
        ];
        string requestId;
        using (var server = ServerProcess.Start(directory.Path, settings))
        {
            using var admin = await AdminAsync(server);
            (await admin.PostAsJsonAsync("/api/v1/tenants", new { id = "acme" })).EnsureSuccessStatusCode();
            using var issued = await admin.PostAsJsonAsync("/api/v1/tenants/acme/keys", new { name = "app" });
            var key = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();

            // Whoever has the write lock of the file: its other writers get none until they give up.
            using var stranger = new SqliteConnection($"Data Source={directory.File("data/ledger.db")};Pooling=False");
            stranger.Open();
            using var begin = new SqliteCommand("BEGIN IMMEDIATE", stranger);
            begin.ExecuteNonQuery();

            using var client = new HttpClient { BaseAddress = new Uri(await server.GatewayAsync()) };
            using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, key));
            answer.EnsureSuccessStatusCode();
            requestId = answer.Headers.GetValues("x-llmeter-request-id").Single();
            server.Terminate();
            Assert.Equal(ExitCodes.LedgerUnavailable, await server.ExitCodeAsync());
            Assert.Contains("journal ship", server.Output, StringComparison.Ordinal);
        }

        using var again = ServerProcess.Start(directory.Path, settings);
        using var reader = await AdminAsync(again);
        var record = await reader.GetFromJsonAsync<JsonElement>($"/api/v1/usage/records/{requestId}");
        Assert.Equal("reported", record.GetProperty("source").GetString());
        again.Terminate();
        Assert.Equal(0, await again.ExitCodeAsync());
    }

    private static async Task<HttpClient> AdminAsync(ServerProcess server)
    {
        var client = new HttpClient { BaseAddress = new Uri(await server.ControlAsync()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestNode.AdminToken);
        return client;
    }
}
