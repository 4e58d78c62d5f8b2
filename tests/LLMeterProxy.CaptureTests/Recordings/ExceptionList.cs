namespace LLMeterProxy.CaptureTests.Recordings;

/// <summary>Recordings whose expectation is wrong, each with the reason in words.</summary>
internal static class ExceptionList
{
    /// <exception cref="FormatException">A line without a reason.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.Split('|', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } id, { Length: > 0 } reason])
                throw new FormatException($"An exception needs its reason: {line}");
            reasons.Add(id, reason);
        }

        return reasons;
    }
}
