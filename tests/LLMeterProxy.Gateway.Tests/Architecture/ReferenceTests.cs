namespace LLMeterProxy.Gateway.Tests.Architecture;

/// <summary>References point one way: Core ← everything else ← the host.</summary>
public sealed class ReferenceTests
{
    private const string Core = "LLMeterProxy.Core";

    [Theory]
    [InlineData(Core)]
    [InlineData("LLMeterProxy.Simulator")]
    public void Some_projects_reference_none_of_ours(string project) => Assert.Empty(SourceTree.References(project));

    [Theory]
    [InlineData("LLMeterProxy.Gateway")]
    [InlineData("LLMeterProxy.Storage")]
    [InlineData("LLMeterProxy.AdminApi")]
    public void A_part_references_core_alone(string project) => Assert.Equal([Core], SourceTree.References(project));

    [Fact]
    public void Only_the_host_knows_all_parts()
    {
        var others = SourceTree.Projects.Select(Path.GetFileNameWithoutExtension).Where(p => p is not "LLMeterProxy" and not Core);
        Assert.All(others, p => Assert.DoesNotContain(SourceTree.References(p!), r => r is not Core));
    }

    [Fact]
    public void The_built_gateway_knows_no_storage_and_core_knows_nothing_of_ours()
    {
        var gateway = typeof(GatewayEndpoint).Assembly.GetReferencedAssemblies().Select(a => a.Name!);
        Assert.Equal([Core], gateway.Where(IsOurs));
        var core = typeof(Core.Money.NanoUsd).Assembly.GetReferencedAssemblies().Select(a => a.Name!);
        Assert.DoesNotContain(core, IsOurs);
    }

    [Fact]
    public void Core_does_no_io()
    {
        var used = typeof(Core.Money.NanoUsd).Assembly.GetReferencedAssemblies().Select(a => a.Name!);
        Assert.DoesNotContain(used, a => a.StartsWith("System.Net", StringComparison.Ordinal) || a.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || a.StartsWith("Microsoft.Data", StringComparison.Ordinal) || a.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));
    }

    private static bool IsOurs(string assembly) => assembly.StartsWith("LLMeterProxy", StringComparison.Ordinal);
}
