using System.Globalization;
using LLMeterProxy.Benchmarks;
using LLMeterProxy.Benchmarks.Ledger;
using LLMeterProxy.Benchmarks.Load;
using LLMeterProxy.Benchmarks.Servers;

// Each server is a process of its own, started by the `run` verb from this same program.
return args switch
{
    ["upstream", var port] => await CannedUpstream.RunAsync(Number(port)),
    ["yarp", var port, var upstream] => await BareYarp.RunAsync(Number(port), new Uri(upstream)),
    ["ledger", ..] => await LedgerCost.RunAsync(args is [_, var count] ? Number(count) : 100_000),
    ["scale", var count, .. var engine] => await ScaleRun.RunAsync(Number(count), engine is [var one] ? one : "both"),
    ["run", .. var rest] when RunOptions.TryParse(rest, out var options) => await ComparedRun.RunAsync(options),
    _ => RunOptions.PrintUsage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
