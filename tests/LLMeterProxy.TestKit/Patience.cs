namespace LLMeterProxy.TestKit;

/// <summary>How long a test waits for what must happen. Far above what is normal, so that a busy machine fails no test.</summary>
public static class Patience
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Asks again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It stayed no.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds; !await condition();)
        {
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException($"Waited in vain until {what}.");
            await Task.Delay(20);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, string)"/>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);
}
