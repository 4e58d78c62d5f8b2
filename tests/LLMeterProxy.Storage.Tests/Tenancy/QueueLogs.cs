using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Tests.Tenancy;

/// <summary>Every message of every level, with its exception.</summary>
internal sealed class QueueLogs(ConcurrentQueue<string> messages) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        messages.Enqueue(formatter(state, exception) + exception);

    public void Dispose()
    {
    }
}
