using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace LLMeterProxy.TestKit;

/// <summary>
/// Tells a test when the node has noticed that a client left. Callbacks of a token run in the reverse order of their
/// registration, and this one registers first: when it runs, the gateway's own has run.
/// </summary>
public sealed class Departures : IStartupFilter
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _byKey = new(StringComparer.Ordinal);

    /// <summary>Completes once the client that called with this key has left and the gateway knows. For one call a key.</summary>
    public Task OfAsync(string key) => Of($"Bearer {key}").Task.WaitAsync(Patience.Limit);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            var authorization = context.Request.Headers.Authorization.ToString();
            using var registration = context.RequestAborted.UnsafeRegister(_ => Of(authorization).TrySetResult(), null);
            await rest(context);
        });
        next(app);
    };

    private TaskCompletionSource Of(string authorization) =>
        _byKey.GetOrAdd(authorization, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
