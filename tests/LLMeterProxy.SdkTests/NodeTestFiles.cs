using System.Text.RegularExpressions;

namespace LLMeterProxy.SdkTests;

/// <summary>The tests of the Node SDKs as they stand in the folder <c>node</c>: what must have passed, read from their own source.</summary>
internal static partial class NodeTestFiles
{
    public static string Folder { get; } = FindFolder();

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.test.mjs").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Names { get; } =
        [.. Files.SelectMany(file => Declaration().Matches(File.ReadAllText(Path.Combine(Folder, file)))).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex("^test\\(\"(?<name>[^\"]+)\"", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();

    // The packages are installed beside the sources, not beside the assembly.
    private static string FindFolder()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "node");
            if (File.Exists(Path.Combine(candidate, "package.json")))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("These tests run from their build output below the sources.");
    }
}
