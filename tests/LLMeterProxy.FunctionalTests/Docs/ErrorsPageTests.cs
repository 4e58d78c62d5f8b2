using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.FunctionalTests.Docs;

/// <summary>docs/errors.md has every code with the status of each API family.</summary>
public sealed class ErrorsPageTests
{
    [Fact]
    public void The_page_has_every_code_with_its_statuses()
    {
        var dialects = new DialectCatalog();
        ProblemShape[] shapes = [dialects.Find("openai")!.Problems, dialects.Find("anthropic")!.Problems, dialects.Find("gemini")!.Problems];
        var expected = Enum.GetValues<ProblemCode>()
            .Select(code => string.Join(' ', [ProblemShape.Name(code), .. shapes.Select(s => $"{s.Status(code)}"), ProblemShape.IsFinal(code) ? "no" : "yes"]))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        var written = Pages.Rows("docs/errors.md").Select(r => string.Join(' ', r.Skip(1).Take(4).Prepend(Pages.Code(r[0])))).Order(StringComparer.Ordinal);
        Assert.Equal(expected, written);
    }
}
