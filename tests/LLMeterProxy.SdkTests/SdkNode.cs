using System.Globalization;
using System.Text.Json;
using LLMeterProxy.Simulator;
using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.SdkTests;

/// <summary>The node that all SDKs of this project call, with a bill that other processes can read. Each test takes a tenant of its own.</summary>
public sealed class SdkNode : IAsyncLifetime
{
    /// <summary>The refusal of a reached cap.</summary>
    public const string CapReached = "project_spend_limit_exceeded";

    /// <summary>A prompt whose answer the provider bills far above <see cref="SmallCap"/>, while its hold fits below it.</summary>
    public const string DearPrompt = "Hello [[sim:inputTokens=10000000]]";

    /// <summary>A prompt whose stream goes on until the client leaves.</summary>
    public const string EndlessPrompt = "Hello [[sim:outputTokens=20000,chunkDelayMs=20]]";

    /// <summary>A key that no tenant has.</summary>
    public static readonly string UnknownKey = "sk-lmp-" + new string('0', 40);

    private static readonly Dictionary<string, string> _providers = new(StringComparer.Ordinal)
    {
        ["openai"] = "openai",
        ["anthropic"] = "anthropic",
        ["gemini"] = "gemini",
        ["openrouter"] = "openrouter",
        ["azure"] = "azure-openai",
        ["mistral"] = "mistral",
        ["groq"] = "groq",
        ["cohere"] = "cohere",
        ["bedrock"] = "bedrock",
        ["ollama"] = "ollama",
    };

    private static readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal)
    {
        ["LLMeter:Providers:azure:Models:chat-prod"] = "gpt-4o-mini",
        ["LLMeter:Providers:azure:Models:reasoner-prod"] = "gpt-5-mini",
        ["LLMeter:Providers:azure:Models:embed-prod"] = "text-embedding-3-small",
        ["LLMeter:Providers:bedrock:Region"] = "us-east-1",
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("llmeter-sdk-").FullName;
    private readonly SelfSignedCertificate _certificate = new();
    private TestNode? _node;
    private TestNode? _secure;

    public TestNode Node => _node ?? throw new InvalidOperationException("The node is not started.");

    /// <summary>A second node before the same simulator, with TLS on its gateway listener.</summary>
    public TestNode Secure => _secure ?? throw new InvalidOperationException("The node is not started.");

    /// <summary>PEM file of the certificate of <see cref="Secure"/>, which nobody has signed.</summary>
    public string CertificateFile => _certificate.CertificateFile;

    public string BillFile => Path.Combine(_directory, "bill.jsonl");

    /// <summary>USD a month, as a budget.</summary>
    public static object SmallCap { get; } = new { scope = "tenant", window = "month", limitUsd = "1" };

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync(new TestNodeOptions
        {
            Providers = _providers,
            Settings = _settings,
            SimulatorOptions = new SimulatorOptions { BillLogPath = BillFile, ExpectedKeys = [TestNode.ProviderKey] },
        });
        _secure = await TestNode.StartAsync(new TestNodeOptions
        {
            Providers = _providers,
            Settings = new Dictionary<string, string>(_settings, StringComparer.Ordinal)
            {
                ["LLMeter:Listen:Gateway"] = "https://127.0.0.1:0",
                ["LLMeter:Tls:CertificateFile"] = _certificate.CertificateFile,
                ["LLMeter:Tls:KeyFile"] = _certificate.KeyFile,
            },
            Simulator = _node.Simulator,
        });
    }

    public async Task DisposeAsync()
    {
        if (_secure is not null)
        {
            await _secure.DisposeAsync();
        }

        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A tenant whose key may make one call a minute.</summary>
    public async Task<(string Tenant, string Key)> NewSlowTenantAsync()
    {
        var (tenant, _) = await Node.NewTenantAsync();
        return (tenant, await Node.IssueKeyAsync(tenant, new { limits = new { requestsPerMinute = 1 } }));
    }

    /// <summary>Holds every record of a tenant against the provider's bill: each call once, each token class, each nano-USD.</summary>
    public async Task<IReadOnlyList<JsonElement>> AssertBilledAsync(string tenant, int calls = 1)
    {
        var records = await Node.RecordsAsync(tenant, calls);
        Assert.Equal(calls, records.Count);
        await Node.Simulator.WhenIdleAsync();
        foreach (var record in records)
        {
            var id = record.GetProperty("responseId").GetString();
            var bill = Assert.Single(Node.Simulator.Bills, b => b.ResponseId == id);
            Assert.True(bill.NanoUsd > 0);
            AssertSame(bill, record);
        }

        return records;
    }

    /// <summary>As <see cref="AssertBilledAsync"/>, for calls whose text has a marker, where responses carry no id.</summary>
    public async Task<IReadOnlyList<JsonElement>> AssertMarkedBilledAsync(string tenant, string marker, int calls = 1)
    {
        var records = await Node.RecordsAsync(tenant, calls);
        Assert.Equal(calls, records.Count);
        await Node.Simulator.WhenIdleAsync();
        var bills = Node.Simulator.Bills.Where(b => b.Marker == marker).ToList();
        Assert.Equal(calls, bills.Count);
        foreach (var record in records)
        {
            var output = record.GetProperty("usage").GetProperty("outputTokens").GetInt64();
            var stream = record.GetProperty("stream").GetBoolean();
            AssertSame(bills.First(b => b.Stream == stream && b.Usage.Output == output), record);
        }

        return records;
    }

    /// <summary>A client that left: one record that says so and charges for what was delivered.</summary>
    public async Task AssertOneAbortedRecordAsync(string tenant)
    {
        var record = Assert.Single(await Node.RecordsAsync(tenant, atLeast: 1));
        Assert.Equal("client_aborted", record.GetProperty("outcome").GetString());
        Assert.True(record.GetProperty("costNanoUsd").GetInt64() > 0);
        Assert.True(record.GetProperty("usage").GetProperty("inputTokens").GetInt64() > 0);
    }

    /// <summary>How many calls of a tenant were refused for a reason, as the metrics say.</summary>
    public async Task<long> RefusalsAsync(string tenant, string reason)
    {
        var metrics = await Node.Admin.GetStringAsync("/metrics");
        return metrics.Split('\n')
            .Where(line => line.StartsWith("llmeter_admission_refusals_total{", StringComparison.Ordinal)
                && line.Contains($"tenant=\"{tenant}\"", StringComparison.Ordinal)
                && line.Contains($"reason=\"{reason}\"", StringComparison.Ordinal))
            .Sum(line => long.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    private static void AssertSame(BillEntry bill, JsonElement record)
    {
        var usage = record.GetProperty("usage");
        var metered = new SimulatedUsage(
            usage.GetProperty("uncachedInputTokens").GetInt64(),
            usage.GetProperty("cacheReadTokens").GetInt64(),
            usage.GetProperty("cacheWrite5mTokens").GetInt64(),
            usage.GetProperty("cacheWrite1hTokens").GetInt64(),
            usage.GetProperty("outputTokens").GetInt64(),
            usage.GetProperty("reasoningTokens").GetInt64());
        Assert.Equal(bill.Usage, metered);
        Assert.Equal(bill.NanoUsd, record.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal(bill.Stream, record.GetProperty("stream").GetBoolean());
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.Equal("reported", record.GetProperty("source").GetString());
    }
}
