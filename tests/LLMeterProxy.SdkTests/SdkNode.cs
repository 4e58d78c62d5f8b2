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

    private readonly string _directory = Directory.CreateTempSubdirectory("llmeter-sdk-").FullName;
    private TestNode? _node;

    public TestNode Node => _node ?? throw new InvalidOperationException("The node is not started.");

    public string BillFile => Path.Combine(_directory, "bill.jsonl");

    /// <summary>USD a month, as a budget.</summary>
    public static object SmallCap { get; } = new { scope = "tenant", window = "month", limitUsd = "1" };

    public async Task InitializeAsync() => _node = await TestNode.StartAsync(new TestNodeOptions
    {
        SimulatorOptions = new SimulatorOptions { BillLogPath = BillFile, ExpectedKeys = [TestNode.ProviderKey] },
    });

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

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
            AssertSame(Assert.Single(Node.Simulator.Bills, b => b.ResponseId == id), record);
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
        Assert.True(bill.NanoUsd > 0);
        Assert.Equal(bill.NanoUsd, record.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal(bill.Stream, record.GetProperty("stream").GetBoolean());
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.Equal("reported", record.GetProperty("source").GetString());
    }
}
