using System.Text.RegularExpressions;

namespace LLMeterProxy.FunctionalTests.Docs;

public sealed partial class LinkTests
{
    public static TheoryData<string> AllPages =>
    [
        .. Directory.EnumerateFiles(Pages.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Pages.Root, "docs"), "*.md"))
            .Select(path => Path.GetRelativePath(Pages.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_relative_link_leads_to_a_file(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Pages.Root, page))!;
        var broken = RelativeLink().Matches(Pages.Read(page))
            .Select(m => m.Groups["target"].Value)
            .Where(target => !Path.Exists(Path.Combine(folder, target)));
        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\]\((?<target>[^)#:\s]+)(#[^)\s]*)?\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RelativeLink();
}
