using System.Text.Json;
using LLMeterProxy.Cli;
using LLMeterProxy.FunctionalTests.Configuration;

namespace LLMeterProxy.FunctionalTests.Restart;

/// <summary>What only a process shows: exit codes, what a person sees, the switches of the runtime.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task A_bad_configuration_ends_with_78_and_says_every_error()
    {
        using var directory = new TempDirectory();
        using var server = ServerProcess.Start(directory.Path, "LLMeter:TimeZone=Nowhere", "LLMeter:Listen:Gatway=x");
        Assert.Equal(ExitCodes.BadConfiguration, await server.ExitCodeAsync());
        Assert.Equal(78, ExitCodes.BadConfiguration);
        Assert.Contains("2 bad settings", server.Output, StringComparison.Ordinal);
        Assert.Contains("LLMeter:TimeZone = 'Nowhere'", server.Output, StringComparison.Ordinal);
        Assert.Contains("LLMeter:Listen:Gatway", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "A28")]
    public async Task Sigterm_ends_the_program_with_0_and_the_token_is_printed_by_the_first_start_alone()
    {
        using var directory = new TempDirectory();
        string[] settings = ["LLMeter:Listen:Gateway=http://127.0.0.1:0", "LLMeter:Listen:Control=http://127.0.0.1:0", "LLMeter:DataDirectory=data"];
        string token;
        using (var first = ServerProcess.Start(directory.Path, settings))
        {
            using var client = new HttpClient { BaseAddress = new Uri(await first.GatewayAsync()) };
            using var answer = await client.GetAsync("/llmeter/v1/me");
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
            first.Terminate();
            Assert.Equal(0, await first.ExitCodeAsync());
            token = (await File.ReadAllTextAsync(directory.File("data/admin-token"))).Trim();
            Assert.Contains(token, first.Output, StringComparison.Ordinal);
            Assert.Contains(directory.File("data"), first.Output, StringComparison.Ordinal);
        }

        using var second = ServerProcess.Start(directory.Path, settings);
        await second.GatewayAsync();
        second.Terminate();
        Assert.Equal(0, await second.ExitCodeAsync());
        Assert.DoesNotContain(token, second.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "T6")]
    public void The_program_runs_with_the_switch_that_refuses_bare_line_feeds()
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(ServerProcess.Program, ".runtimeconfig.json")));
        Assert.True(config.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties")
            .GetProperty("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators").GetBoolean());
    }
}
