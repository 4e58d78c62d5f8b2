using System.Text.RegularExpressions;

namespace LLMeterProxy.Gateway.Tests.Architecture;

/// <summary>A reader finds a type by its name, a namespace by its folder, and reads a file in one go.</summary>
public sealed partial class FileTests
{
    private const int MaxLines = 400;

    [Fact]
    public void No_file_is_longer_than_a_reader_wants() =>
        Assert.DoesNotContain(SourceTree.Files.Select(f => (File: SourceTree.Relative(f), Lines: File.ReadLines(f).Count())), f => f.Lines > MaxLines);

    [Fact]
    public void Every_file_is_named_after_a_type_in_it() => Assert.All(
        SourceTree.Files.Where(f => Path.GetFileName(f) != "Program.cs"),
        f => Assert.Contains(Path.GetFileName(f).Split('.')[0], Types().Matches(File.ReadAllText(f)).Select(m => m.Groups["name"].Value)));

    [Fact]
    public void Every_namespace_is_its_folder() => Assert.All(
        SourceTree.Files.Where(f => Path.GetFileName(f) != "Program.cs"),
        f => Assert.Equal(Path.GetDirectoryName(SourceTree.Relative(f))!.Replace(Path.DirectorySeparatorChar, '.'), Namespace().Match(File.ReadAllText(f)).Groups["name"].Value));

    [Fact]
    public void The_stages_of_the_gateway_are_its_folders()
    {
        var folders = Directory.GetDirectories(Path.Combine(SourceTree.Root, "src", "LLMeterProxy.Gateway")).Select(Path.GetFileName);
        Assert.Superset(
            new HashSet<string?>(["Identify", "Inspect", "Route", "Admit", "Forward", "Meter", "Settle", "Record", "Problems", "Telemetry"]),
            folders.ToHashSet());
    }

    [Fact]
    public void Stages_never_call_each_other()
    {
        string[] stages = ["IdentifyStage", "InspectStage", "RouteStage", "AdmitStage", "ForwardStage"];
        Assert.Empty(
            from file in SourceTree.Files
            where SourceTree.Relative(file).StartsWith("LLMeterProxy.Gateway", StringComparison.Ordinal)
            let name = Path.GetFileNameWithoutExtension(file)
            where name is not "GatewayEndpoint" and not "GatewayServices"
            from stage in stages
            where stage != name && Regex.IsMatch(WithoutComments(File.ReadAllText(file)), $@"\b{stage}\b", RegexOptions.None, TimeSpan.FromSeconds(5))
            select $"{SourceTree.Relative(file)}: {stage}");
    }

    [Fact]
    public void No_name_says_nothing() => Assert.DoesNotContain(
        SourceTree.Files.Select(f => Path.GetFileNameWithoutExtension(f)),
        n => n.EndsWith("Helper", StringComparison.Ordinal) || n.EndsWith("Manager", StringComparison.Ordinal)
            || n.EndsWith("Utils", StringComparison.Ordinal) || n.EndsWith("Utility", StringComparison.Ordinal));

    private static string WithoutComments(string code) => Comment().Replace(code, "");

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\s+(?<name>[A-Z]\w*)|\bdelegate\s+[\w<>?\[\]]+\s+(?<name>[A-Z]\w*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Types();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Namespace();

    [GeneratedRegex("//.*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Comment();
}
