namespace LLMeterProxy.Benchmarks.Servers;

/// <summary>What is measured: where requests go, and whose CPU time counts.</summary>
/// <param name="Measured">The process whose time is read; for the direct target that is the upstream itself.</param>
/// <param name="Node">Null where there is no ledger to verify.</param>
/// <param name="Path">What is called under the base URL.</param>
internal sealed record Target(
    string Name, Uri BaseUrl, string Key, ServerProcess Measured, ProductNode? Node, string Path = "/chat/completions");
