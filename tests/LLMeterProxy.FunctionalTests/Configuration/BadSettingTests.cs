using LLMeterProxy.Features;
using LLMeterProxy.Options;

namespace LLMeterProxy.FunctionalTests.Configuration;

/// <summary>A bad setting stops the start and says its key, its value and what to do; nothing is created before.</summary>
public sealed class BadSettingTests
{
    public static TheoryData<string, string, string?, string> Bad => new()
    {
        { "LLMeter:Listen:Gateway=nonsense", "LLMeter:Listen:Gateway", "nonsense", "http://host:port" },
        { "LLMeter:Listen:Gateway=ftp://127.0.0.1:1", "LLMeter:Listen:Gateway", "ftp://127.0.0.1:1", "http://host:port" },
        { "LLMeter:Listen:Gateway=http://127.0.0.1:1/path", "LLMeter:Listen:Gateway", "http://127.0.0.1:1/path", "http://host:port" },
        { "LLMeter:Listen:Control=https://127.0.0.1:1", "LLMeter:Listen:Control", "https://127.0.0.1:1", "http://host:port" },
        { "LLMeter:Listen:Gateway=https://127.0.0.1:0", "LLMeter:Tls:CertificateFile", null, "PEM" },
        { "LLMeter:Tls:CertificateFile=/nowhere/cert.pem", "LLMeter:Tls:CertificateFile", "/nowhere/cert.pem", "file" },
        { "LLMeter:TimeZone=Mars/Olympus", "LLMeter:TimeZone", "Mars/Olympus", "Europe/Berlin" },
        { "LLMeter:Admin:Token=short", "LLMeter:Admin:Token", null, "at least 32 characters" },
        { "LLMeter:Pepper=short", "LLMeter:Pepper", null, "at least 32 characters" },
        { "LLMeter:Metrics:Token=short", "LLMeter:Metrics:Token", null, "at least 32 characters" },
        { "LLMeter:Metrics:Anonymous=perhaps", "LLMeter:Metrics:Anonymous", "perhaps", "true or false" },
        { "LLMeter:Durability=Best", "LLMeter:Durability", "Best", "ProcessCrash, PowerLoss" },
        { "LLMeter:Durability=1", "LLMeter:Durability", "1", "ProcessCrash, PowerLoss" },
        { "LLMeter:Caps:DefaultTenant:LimitUsd=much", "LLMeter:Caps:DefaultTenant:LimitUsd", "much", "9007199" },
        { "LLMeter:Caps:DefaultTenant:LimitUsd=-1", "LLMeter:Caps:DefaultTenant:LimitUsd", "-1", "9007199" },
        { "LLMeter:Caps:DefaultTenant:LimitUsd=9007200", "LLMeter:Caps:DefaultTenant:LimitUsd", "9007200", "9007199" },
        { "LLMeter:Caps:DefaultTenant:Window=year", "LLMeter:Caps:DefaultTenant:Window", "year", "Month" },
        { "LLMeter:Caps:DefaultOutputTokens=0", "LLMeter:Caps:DefaultOutputTokens", "0", "number from 1" },
        { "LLMeter:Caps:DefaultTennant:LimitUsd=5", "LLMeter:Caps:DefaultTennant", null, "DefaultTenant" },
        { "LLMeter:Gateway:MaxBodyBytes=1", "LLMeter:Gateway:MaxBodyBytes", "1", "number from 1024" },
        { "LLMeter:Gateway:CommitTimeout=soon", "LLMeter:Gateway:CommitTimeout", "soon", "hh:mm:ss" },
        { "LLMeter:Gateway:DrainTimeout=1.00:00:00", "LLMeter:Gateway:DrainTimeout", "1.00:00:00", "01:00:00" },
        { "LLMeter:Gateway:MaxBodyByte=4096", "LLMeter:Gateway:MaxBodyByte", null, "MaxBodyBytes" },
        { "LLMeter:DataDirektory=x", "LLMeter:DataDirektory", null, "DataDirectory" },
        { "LLMeter:Listen:Gatway=http://127.0.0.1:0", "LLMeter:Listen:Gatway", null, "Gateway" },
        { "LLMeter:Admin:Tokens=x", "LLMeter:Admin:Tokens", null, "Token" },
        { "LLMeter:Metrics:Tokens=x", "LLMeter:Metrics:Tokens", null, "Token" },
        { "LLMeter:Prices:Overide=x", "LLMeter:Prices:Overide", null, "Override" },
        { "LLMeter:Prices:Override=/nowhere/prices.json", "LLMeter:Prices:Override", "/nowhere/prices.json", "file" },
        { "LLMeter:Caps:OutageOpenLimitUsd=much", "LLMeter:Caps:OutageOpenLimitUsd", "much", "9007199" },
        { "LLMeter:Redis:Configuration=localhost,pasword=x", "LLMeter:Redis:Configuration", null, "StackExchange.Redis" },
        { "LLMeter:Redis:Configuration=localhost,connectRetry=often", "LLMeter:Redis:Configuration", null, "StackExchange.Redis" },
        { "LLMeter:Redis:Configuration=ssl=true", "LLMeter:Redis:Configuration", null, "no address" },
        { "LLMeter:Redis:Config=localhost", "LLMeter:Redis:Config", null, "Configuration" },
        { "LLMeter:Redis:OperationTimeout=00:00:10", "LLMeter:Redis:OperationTimeout", "00:00:10", "00:00:05" },
        { "LLMeter:Postgres:ConnectionString=Host=x;Pasword=y", "LLMeter:Postgres:ConnectionString", null, "Npgsql" },
        { "LLMeter:Postgres:ConnectionString=Host=x;Port=many", "LLMeter:Postgres:ConnectionString", null, "Npgsql" },
        { "LLMeter:Postgres:ConnectionString=Database=llmeter", "LLMeter:Postgres:ConnectionString", null, "no host" },
        { "LLMeter:Postgres:ConnectionString=Host=localhost", "LLMeter:Pepper", null, "the same on every node" },
        { "LLMeter:Postgres:ConnectionString=Host=localhost", "LLMeter:Admin:Token", null, "the same on every node" },
        { "LLMeter:Providers:openai:BaseUrl=https://api.openai.com/v1", "LLMeter:Providers:openai:BaseUrl", "https://api.openai.com/v1", "'https://api.openai.com'" },
        { "LLMeter:Providers:openai:BaseUrl=https://api.groq.com/openai/v1/", "LLMeter:Providers:openai:BaseUrl", "https://api.groq.com/openai/v1/", "'https://api.groq.com'" },
        { "LLMeter:Providers:openai:BaseUrl=https://openrouter.ai/api/v1", "LLMeter:Providers:openai:BaseUrl", "https://openrouter.ai/api/v1", "'https://openrouter.ai'" },
        { "LLMeter:Providers:cohere:BaseUrl=https://api.cohere.com/v2", "LLMeter:Providers:cohere:BaseUrl", "https://api.cohere.com/v2", "'https://api.cohere.com'" },
        { "LLMeter:Providers:cohere:BaseUrl=https://api.cohere.ai/compatibility/v1", "LLMeter:Providers:cohere:BaseUrl", "https://api.cohere.ai/compatibility/v1", "'https://api.cohere.ai'" },
        { "LLMeter:Providers:openai:BaseUrl=http://api.openai.com", "LLMeter:Providers:openai:BaseUrl", "http://api.openai.com", "https" },
        { "LLMeter:Providers:openai:BaseUrl=http://203.0.113.7", "LLMeter:Providers:openai:BaseUrl", "http://203.0.113.7", "https" },
        { "LLMeter:Providers:openai:BaseUrl=api.openai.com", "LLMeter:Providers:openai:BaseUrl", "api.openai.com", "origin" },
        { "LLMeter:Providers:openai:BaseUrl=https://user:secret@api.openai.com", "LLMeter:Providers:openai:BaseUrl", null, "origin" },
        { "LLMeter:Providers:openai:OnDisconnect=ignore", "LLMeter:Providers:openai:OnDisconnect", "ignore", "Drain" },
        { "LLMeter:Providers:openai:Retry:MaxAttempts=99", "LLMeter:Providers:openai:Retry:MaxAttempts", "99", "0 to 10" },
        { "LLMeter:Providers:openai:Retry:OnStatus:0=200", "LLMeter:Providers:openai:Retry:OnStatus", "200", "400 to 599" },
        { "LLMeter:Providers:openai:ApiKey=x", "LLMeter:Providers:openai:ApiKey", null, "ApiKeys" },
        { "LLMeter:Providers:mine:Kind=unheard-of", "LLMeter:Providers:mine:Kind", "unheard-of", "openai" },
        { "LLMeter:Providers:anthropic:Kind=anthropic", "LLMeter:Providers:anthropic:ApiKeys", null, "LLMeter:Providers:anthropic:ApiKeys:0" },
        { "LLMeter:Providers:mine:Kind=openai-compatible", "LLMeter:Providers:mine:BaseUrl", null, "origin" },
        { "LLMeter:Providers:vertex:Region=europe-west4", "LLMeter:Providers:vertex:ApiKeys", null, "ServiceAccountFile" },
        { "LLMeter:Providers:vertex:ServiceAccountFile=/nowhere/key.json", "LLMeter:Providers:vertex:ServiceAccountFile", "/nowhere/key.json", "key file" },
        { "LLMeter:Providers:vertex:ServiceAccountFile=/dev/null", "LLMeter:Providers:vertex:ServiceAccountFile", "/dev/null", "service account" },
        { "LLMeter:Providers:vertex:Project=a/b", "LLMeter:Providers:vertex:Project", "a/b", "project" },
        { "LLMeter:Providers:vertex:Region=a/b", "LLMeter:Providers:vertex:Region", "a/b", "location" },
        { "LLMeter:Providers:llmeter:Kind=openai-compatible", "LLMeter:Providers:llmeter", null, "lower-case" },
        { "LLMeter:Providers:Upper:Kind=openai-compatible", "LLMeter:Providers:Upper", null, "lower-case" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_setting_is_named_with_its_value_and_a_fix(string setting, string key, string? value, string fix)
    {
        using var directory = new TempDirectory();
        var error = Errors(directory, setting).Single(e => e.Key == key);
        Assert.Contains(fix, error.Fix + error.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(error.Problem);
        if (value is not null)
        {
            Assert.Equal(value, error.Value);
        }
    }

    [Fact]
    [Trait("Acceptance", "A25")]
    public void Every_error_is_reported_by_one_start_and_nothing_is_created()
    {
        using var directory = new TempDirectory();
        var data = directory.File("data");
        var exception = Assert.Throws<SettingsException>(() => Server.Build(
            ["--LLMeter:TimeZone=Nowhere", "--LLMeter:Admin:Token=short", "--LLMeter:Redis:Configuration=,ssl=true", $"--LLMeter:DataDirectory={data}", "--LLMeter:Surprise=1"]));
        Assert.Equal(
            ["LLMeter:Admin:Token", "LLMeter:Redis:Configuration", "LLMeter:Surprise", "LLMeter:TimeZone"],
            exception.Errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Contains("4 bad settings", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Theory]
    [InlineData("LLMeter:Admin:Token=hunter2hunter2")]
    [InlineData("LLMeter:Pepper=hunter2hunter2")]
    [InlineData("LLMeter:Redis:Configuration=localhost,pasword=hunter2hunter2")]
    [InlineData("LLMeter:Redis:Configuration=localhost,password=a,hunter2hunter2=b")]
    [InlineData("LLMeter:Postgres:ConnectionString=Host=x;Pasword=hunter2hunter2")]
    [InlineData("LLMeter:Postgres:ConnectionString=Host=x;Port=hunter2hunter2")]
    [InlineData("LLMeter:Providers:openai:BaseUrl=https://user:hunter2hunter2@api.openai.com")]
    [InlineData("LLMeter:Providers:openai:ApiKey=hunter2hunter2")]
    public void A_secret_is_never_in_the_message(string setting)
    {
        using var directory = new TempDirectory();
        Assert.All(Errors(directory, setting), e => Assert.DoesNotContain("hunter2hunter2", e.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AccessKeyId=AKID", "SecretAccessKey")]
    [InlineData("SecretAccessKey=hunter2hunter2", "AccessKeyId")]
    [InlineData("ForwardHeaders:0=x", "ApiKeys")]
    public void Bedrock_needs_a_key_or_both_halves_of_an_access_key(string setting, string missing)
    {
        using var directory = new TempDirectory();
        var errors = Errors(directory, "LLMeter:Providers:bedrock:" + setting, "LLMeter:Providers:bedrock:Region=us-east-1");
        Assert.Equal("LLMeter:Providers:bedrock:" + missing, Assert.Single(errors).Key);
        Assert.DoesNotContain("hunter2hunter2", errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bedrock_needs_a_region_or_an_address()
    {
        using var directory = new TempDirectory();
        var error = Assert.Single(Errors(directory, "LLMeter:Providers:bedrock:ApiKeys:0=x"));
        Assert.Equal("LLMeter:Providers:bedrock:BaseUrl", error.Key);
        Assert.Contains("Region", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_listeners_on_one_port_are_refused()
    {
        using var directory = new TempDirectory();
        Assert.Contains(
            Errors(directory, "LLMeter:Listen:Gateway=http://127.0.0.1:18099", "LLMeter:Listen:Control=http://127.0.0.1:18099"),
            e => e.Key == "LLMeter:Listen:Control");
    }

    [Fact]
    public void A_price_file_with_errors_stops_the_start_and_names_the_entry()
    {
        using var directory = new TempDirectory();
        var file = directory.File("prices.json", """{"schema":1,"nonsense":true}""");
        Assert.Contains(Errors(directory, $"LLMeter:Prices:Override={file}"), e => e.Key == "LLMeter:Prices:Override" && e.Value == file);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1234")]
    [InlineData("http://10.1.2.3")]
    [InlineData("http://ollama:11434")]
    [InlineData("http://llm.internal")]
    [InlineData("http://[::1]:8080")]
    public void Cleartext_to_a_host_that_is_not_public_is_allowed(string baseUrl)
    {
        using var directory = new TempDirectory();
        using var app = new Disposable(Server.Build(Args(directory, $"LLMeter:Providers:openai:BaseUrl={baseUrl}", "LLMeter:Providers:openai:ApiKeys:0=x")));
    }

    private static IReadOnlyList<SettingError> Errors(TempDirectory directory, params string[] settings) =>
        Assert.Throws<SettingsException>(() => Server.Build(Args(directory, settings))).Errors;

    private static string[] Args(TempDirectory directory, params string[] settings) =>
    [
        "--LLMeter:Listen:Gateway=http://127.0.0.1:0",
        "--LLMeter:Listen:Control=http://127.0.0.1:0",
        $"--LLMeter:DataDirectory={directory.File("data")}",
        .. settings.Select(s => "--" + s),
    ];

    private sealed class Disposable(IAsyncDisposable inner) : IDisposable
    {
        public void Dispose() => inner.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
