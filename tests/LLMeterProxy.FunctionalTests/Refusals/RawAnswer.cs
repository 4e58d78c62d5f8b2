using System.Globalization;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>Everything that came back on a connection until the server closed it.</summary>
internal sealed record RawAnswer(string Text)
{
    /// <summary>Of the first answer; 0 where there was none.</summary>
    public int Status => Statuses is [var first, ..] ? first : 0;

    /// <summary>Of every answer on the connection, in order.</summary>
    public IReadOnlyList<int> Statuses => [.. Text.Split("HTTP/1.1 ").Skip(1).Select(s => int.Parse(s.AsSpan(0, 3), CultureInfo.InvariantCulture))];
}
