using System.Text;
using System.Text.Json;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.FunctionalTests.Docs;

/// <summary>The page and the schema of the price file say what the reader of the file does.</summary>
public sealed class PricesPageTests
{
    [Theory]
    [InlineData("", """{ "form": 1, "date": "2026-01-01", "nonsense": 1 }""")]
    [InlineData("list", """{ "form": 1, "date": "2026-01-01", "lists": { "p": { "nonsense": 1 } } }""")]
    [InlineData("model", """{ "form": 1, "date": "2026-01-01", "lists": { "p": { "models": { "m": { "nonsense": 1 } } } } }""")]
    [InlineData("price", """{ "form": 1, "date": "2026-01-01", "lists": { "p": { "models": { "m": { "prices": [{ "nonsense": 1 }] } } } } }""")]
    public void The_schema_has_the_members_that_the_reader_knows(string definition, string file)
    {
        var fix = PriceBookReader.Read(Encoding.UTF8.GetBytes(file)).Errors.Single(e => e.Key.EndsWith("nonsense", StringComparison.Ordinal)).Fix;
        var known = fix[(fix.IndexOf("here: ", StringComparison.Ordinal) + 6)..].Split(", ").Order(StringComparer.Ordinal);
        using var schema = JsonDocument.Parse(Pages.Read("docs/prices.schema.json"));
        var place = definition.Length == 0 ? schema.RootElement : schema.RootElement.GetProperty("$defs").GetProperty(definition);
        Assert.Equal(known, place.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_explains_every_member()
    {
        using var schema = JsonDocument.Parse(Pages.Read("docs/prices.schema.json"));
        var page = Pages.Read("docs/prices.md");
        foreach (var definition in (string[])["list", "model", "price"])
        {
            Assert.All(
                schema.RootElement.GetProperty("$defs").GetProperty(definition).GetProperty("properties").EnumerateObject(),
                member => Assert.Contains($"`{member.Name}`", page));
        }
    }

    [Fact]
    public void The_example_of_the_page_is_a_price_file()
    {
        var page = Pages.Read("docs/prices.md");
        var start = page.IndexOf("```json", StringComparison.Ordinal) + 7;
        var example = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Empty(PriceBookReader.Read(PriceBookSource.ShippedFile(), Encoding.UTF8.GetBytes(example)).Errors);
    }
}
