namespace LLMeterProxy.FunctionalTests.Docs;

/// <summary>The repository's pages as a test reads them.</summary>
internal static class Pages
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static string Read(string page) => File.ReadAllText(Path.Combine(Root, page)).ReplaceLineEndings("\n");

    /// <summary>The cells of each table row whose first cell is code and begins with <paramref name="prefix"/>.</summary>
    public static IReadOnlyList<string[]> Rows(string page, string prefix = "") =>
    [
        .. Read(page).Split('\n')
            .Where(line => line.StartsWith($"| `{prefix}", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    /// <summary>The text between two back-ticks that are the whole cell; null where the cell is prose.</summary>
    public static string? Code(string cell) => cell.Length > 2 && cell[0] == '`' && cell.IndexOf('`', 1) == cell.Length - 1 ? cell[1..^1] : null;

    /// <summary>What stands between the comments <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- end --&gt;</c>.</summary>
    public static string Block(string page, string name)
    {
        var text = Read(page);
        var start = text.IndexOf($"<!-- {name} -->\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{page} has no block '{name}'.");
        start = text.IndexOf('\n', start) + 1;
        return text[start..text.IndexOf("<!-- end -->", start, StringComparison.Ordinal)].Trim();
    }

    private static string FindRoot(string directory)
    {
        while (!File.Exists(Path.Combine(directory, "LLMeterProxy.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("These tests run inside the repository.");
        }

        return directory;
    }
}
