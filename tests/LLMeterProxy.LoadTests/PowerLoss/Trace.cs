using System.Text.RegularExpressions;

namespace LLMeterProxy.LoadTests.PowerLoss;

/// <summary>
/// Reads a trace of <c>strace -f -ttt -yy</c>. A tracer stops every thread at entry and exit of a call and writes one line at a
/// time: where a call could only begin after another had returned, the lines stand in that order.
/// </summary>
internal static partial class Trace
{
    /// <summary>The process to put before the traced one.</summary>
    public static string[] Command(string path) =>
    [
        "strace", "-f", "--seccomp-bpf", "-qq", "-ttt", "-yy", "-s", "16384", "-o", path,
        "-e", "trace=fdatasync,read,recvfrom,recvmsg,sendto,sendmsg,write,writev", "-e", "signal=none",
    ];

    public static IReadOnlyList<SystemCall> Read(string path)
    {
        var calls = new List<SystemCall>();
        var unfinished = new Dictionary<string, (string Text, int Line)>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (Line().Match(line) is not { Success: true } match)
            {
                continue;
            }

            var thread = match.Groups["thread"].Value;
            var text = match.Groups["text"].Value;
            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                unfinished[thread] = (text[..^Unfinished.Length], number);
            }
            else if (Resumed().Match(text) is { Success: true } resumed)
            {
                if (unfinished.Remove(thread, out var start))
                {
                    Add(start.Text + text[resumed.Length..], start.Line, number);
                }
            }
            else
            {
                Add(text, number, number);
            }
        }

        return calls;

        void Add(string text, int begin, int end)
        {
            var bracket = text.IndexOf('(', StringComparison.Ordinal);
            if (bracket > 0)
            {
                calls.Add(new SystemCall(text[..bracket], text, begin, end));
            }
        }
    }

    /// <summary>Text as strace prints it inside quotes.</summary>
    public static string Quote(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal);

    private const string Unfinished = " <unfinished ...>";

    [GeneratedRegex(@"^(?<thread>\d+) +\d+\.\d+ (?<text>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Resumed();
}
