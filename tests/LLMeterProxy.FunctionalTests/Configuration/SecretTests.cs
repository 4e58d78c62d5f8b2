using System.Net;
using System.Net.Http.Headers;
using LLMeterProxy.Features;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.FunctionalTests.Configuration;

/// <summary>The admin token and the pepper: generated where they are not configured, kept, and never exchanged unnoticed.</summary>
public sealed class SecretTests
{
    [Fact]
    public async Task Generated_secrets_are_for_the_owner_alone_and_survive_a_restart()
    {
        using var directory = new TempDirectory();
        var token = await StartedAsync(directory, async (app, secrets) =>
        {
            Assert.True(secrets.IsNewToken);
            Assert.True(secrets.AdminToken.Length >= 32);
            Assert.Equal(HttpStatusCode.OK, await AdminAsync(app, secrets.AdminToken));
            Assert.Equal(HttpStatusCode.Unauthorized, await AdminAsync(app, secrets.AdminToken[..^1]));
            return secrets.AdminToken;
        });
        if (!OperatingSystem.IsWindows())
        {
            AssertOwnerOnly(directory.File("admin-token"));
            AssertOwnerOnly(directory.File("pepper"));
        }

        var pepper = await File.ReadAllTextAsync(directory.File("pepper"));
        await StartedAsync(directory, async (app, secrets) =>
        {
            Assert.False(secrets.IsNewToken);
            Assert.Equal(token, secrets.AdminToken);
            Assert.Equal(HttpStatusCode.OK, await AdminAsync(app, token));
            return "";
        });
        Assert.Equal(pepper, await File.ReadAllTextAsync(directory.File("pepper")));
    }

    [Fact]
    public async Task Keys_survive_a_restart_with_the_same_pepper_and_another_pepper_stops_the_start()
    {
        using var directory = new TempDirectory();
        var options = new TestNodeOptions { DataDirectory = directory.Path, Settings = Pepper("one-pepper-of-at-least-32-characters") };
        string key;
        await using (var node = await TestNode.StartAsync(options))
        {
            key = (await node.NewTenantAsync()).Key;
        }

        var other = await Assert.ThrowsAsync<InvalidDataException>(() => TestNode.StartAsync(options with { Settings = Pepper("another-pepper-of-at-least-32-characters") }));
        Assert.Contains("LLMeter:Pepper", other.Message, StringComparison.Ordinal);

        await using var again = await TestNode.StartAsync(options);
        using var answer = await again.Client(key).SendAsync(Calls.Post(Api.OpenAi, null));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_secret_file_that_was_cut_short_stops_the_start()
    {
        using var directory = new TempDirectory();
        directory.File("pepper", "short\n");
        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => StartedAsync(directory, (_, _) => Task.FromResult("")));
        Assert.Contains("pepper", exception.Message, StringComparison.Ordinal);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void AssertOwnerOnly(string path) => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

    private static Dictionary<string, string> Pepper(string text) => new() { ["LLMeter:Pepper"] = text };

    private static async Task<string> StartedAsync(TempDirectory directory, Func<Microsoft.AspNetCore.Builder.WebApplication, SecretsInUse, Task<string>> act)
    {
        await using var app = Server.Build(
            ["--LLMeter:Listen:Gateway=http://127.0.0.1:0", "--LLMeter:Listen:Control=http://127.0.0.1:0", $"--LLMeter:DataDirectory={directory.Path}", "--LLMeter:Gateway:DrainTimeout=1"]);
        await app.StartAsync();
        var result = await act(app, app.Services.GetRequiredService<SecretsInUse>());
        await app.StopAsync();
        return result;
    }

    private static async Task<HttpStatusCode> AdminAsync(Microsoft.AspNetCore.Builder.WebApplication app, string token)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, Server.Addresses(app).Control + "/api/v1/tenants");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
