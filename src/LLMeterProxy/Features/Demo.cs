namespace LLMeterProxy.Features;

internal static class Demo
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken) => Task.FromResult(1);
}
