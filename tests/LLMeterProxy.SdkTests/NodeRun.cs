using System.ComponentModel;
using System.Diagnostics;
using System.Xml.Linq;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.SdkTests;

/// <summary>One run of all Node tests against the node, by Node's own test runner.</summary>
public sealed class NodeRun(SdkNode sdk) : IAsyncLifetime
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(10);

    private Dictionary<string, List<string?>> _results = [];

    public int ExitCode { get; private set; }

    /// <summary>What the run printed.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Names of the tests that ran.</summary>
    public IReadOnlyCollection<string> Names => _results.Keys;

    /// <summary>A failure for each run of the test that failed; empty where none ran.</summary>
    public IReadOnlyList<string?> ResultsOf(string name) => _results.TryGetValue(name, out var results) ? results : [];

    public async Task InitializeAsync()
    {
        if (!Directory.Exists(Path.Combine(NodeTestFiles.Folder, "node_modules")))
        {
            throw new InvalidOperationException($"The Node packages are not installed: run tests/run.sh, or npm ci in {NodeTestFiles.Folder}.");
        }

        var report = Path.GetTempFileName();
        try
        {
            using var process = Start(report);
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            using var deadline = new CancellationTokenSource(_limit);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException e)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"The Node tests did not end in {_limit}: {await output}", e);
            }

            ExitCode = process.ExitCode;
            Output = await output + await errors;
            _results = Read(report);
        }
        finally
        {
            File.Delete(report);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static Dictionary<string, List<string?>> Read(string report) => XDocument.Load(report).Descendants("testcase")
        .GroupBy(test => (string)test.Attribute("name")!, StringComparer.Ordinal)
        .ToDictionary(
            group => group.Key,
            group => group.Select(test => (test.Element("failure") ?? test.Element("skipped"))?.Value).ToList(),
            StringComparer.Ordinal);

    private Process Start(string report)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = NodeTestFiles.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--test",
                "--test-reporter=spec",
                "--test-reporter-destination=stdout",
                "--test-reporter=junit",
                $"--test-reporter-destination={report}",
            },
            Environment =
            {
                ["LLMETER_TEST_GATEWAY"] = sdk.Node.GatewayUrl,
                ["LLMETER_TEST_CONTROL"] = sdk.Node.ControlUrl,
                ["LLMETER_TEST_SECURE_GATEWAY"] = sdk.Secure.GatewayUrl,
                ["LLMETER_TEST_SECURE_CONTROL"] = sdk.Secure.ControlUrl,
                ["NODE_EXTRA_CA_CERTS"] = sdk.CertificateFile,
                ["LLMETER_TEST_ADMIN_TOKEN"] = TestNode.AdminToken,
                ["LLMETER_TEST_BILL_FILE"] = sdk.BillFile,
                ["NO_PROXY"] = "127.0.0.1",
            },
        };
        foreach (var file in NodeTestFiles.Files)
        {
            start.ArgumentList.Add(file);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("Node 20 or later is needed and is not on the PATH.", e);
        }
    }
}
