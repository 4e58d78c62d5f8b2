using System.Text.Json.Nodes;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.FunctionalTests.Cli;

public sealed class PriceImportTests : IDisposable
{
    // In the form of LiteLLM's public file: a new model, a changed one, one that is the same, one with a price per million in a field per token
    private const string Catalogue = """
        {
          "gpt-99": { "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000, "max_output_tokens": 100, "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06 },
          "gpt-4o": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06 },
          "gpt-4.1": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06 },
          "gpt-98": { "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5, "output_cost_per_token": 10 }
        }
        """;

    private readonly PriceFilesCli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_catalogue_is_compared_and_nothing_is_written_without_accepting()
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        var (code, output, _) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue));

        Assert.Equal(0, code);
        Assert.Contains("openai/gpt-99: input_token 1, output_token 4", output);
        Assert.Contains("openai/gpt-4o: input_token 2.5 -> 2, output_token 10 -> 8", output);
        Assert.Contains("openai/gpt-98: input_token 2500000, output_token 10000000; input_token at 2500000 USD per million is out of bounds", output);
        Assert.Contains("The same: 1.", output);
        Assert.False(File.Exists(_cli.Override));
    }

    [Fact]
    public async Task What_is_accepted_is_written_and_read_by_a_server()
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        var (code, output, _) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue), "--accept");

        Assert.Equal(0, code);
        var book = Book();
        Assert.Contains(book.Version, output);
        Assert.Equal((1000L, 100L), (book.Resolve("openai", "gpt-99")!.Limits.ContextWindow, book.Resolve("openai", "gpt-99")!.Limits.MaxOutputTokens));
        Assert.Null(book.Resolve("openai", "gpt-98"));

        // Calls of the past keep their price, the alias and the fees stay, and the tiers that are factors; the stated tier no longer fits.
        var model = book.Resolve("openai", "gpt-4o-2024-08-06")!;
        Assert.Equal(2_500_000_000m, model.At(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero))!.Rates["input_token"]);
        var card = model.RateCards[^1];
        Assert.Equal(2_000_000_000m, card.Rates["input_token"]);
        Assert.Equal(1_250_000_000m, card.Rates["cache_read_token"]);
        Assert.True(card.Rates.ContainsKey("web_search"));
        Assert.Equal(["batch"], card.Tiers.Keys);
        Assert.Equal("import: litellm", card.Source);
        Assert.Contains("Tiers taken out", output);
    }

    [Fact]
    public async Task Importing_twice_changes_nothing_more()
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        var catalogue = _cli.Write("catalogue.json", Catalogue);
        await _cli.RunAsync("import", catalogue, "--accept");
        var written = await File.ReadAllTextAsync(_cli.Override);
        var (code, output, _) = await _cli.RunAsync("import", catalogue, "--accept");

        Assert.Equal(0, code);
        Assert.Contains("Nothing to take over.", output);
        Assert.Equal(written, await File.ReadAllTextAsync(_cli.Override));
    }

    [Fact]
    public async Task A_later_catalogue_brings_imported_models_up_to_date()
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        await _cli.RunAsync("import", _cli.Write("first.json", Catalogue), "--accept");
        await _cli.RunAsync("import", _cli.Write("second.json", Catalogue.Replace("4e-06", "5e-06", StringComparison.Ordinal)), "--accept");
        Assert.Equal(5_000_000_000m, Book().Resolve("openai", "gpt-99")!.RateCards[^1].Rates["output_token"]);
    }

    [Fact]
    public async Task The_users_own_prices_are_never_overwritten()
    {
        const string own = """
            { "form": 1, "date": "2026-01-01", "note": "ours", "lists": { "openai": { "models": { "gpt-4o": { "prices": [
              { "effectiveFrom": "2026-01-01", "source": "our contract", "read": "2026-01-01", "perMillionTokens": { "input_token": "2.25", "output_token": "9" } } ] } } } } }
            """;
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        _cli.Write("override.json", own);
        var (code, output, _) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue), "--accept");

        Assert.Equal(0, code);
        Assert.Contains("openai/gpt-4o: input_token 2.25 -> 2, output_token 9 -> 8; your own entry stays as it is", output);
        var written = JsonNode.Parse(await File.ReadAllTextAsync(_cli.Override))!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(own)!["lists"]!["openai"]!["models"]!["gpt-4o"],
            written["lists"]!["openai"]!["models"]!["gpt-4o"]));
        Assert.Equal("ours", written["note"]!.GetValue<string>());
        Assert.NotNull(Book().Resolve("openai", "gpt-99"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{ \"gpt-99\": 1 }")]
    [InlineData("[]")]
    public async Task A_file_that_is_no_catalogue_is_refused_and_nothing_changes(string text)
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        _cli.Write("override.json", """{ "form": 1, "date": "2026-01-01" }""");
        var (code, output, error) = await _cli.RunAsync("import", _cli.Write("catalogue.json", text), "--accept");

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("cannot be imported", error);
        Assert.Equal("""{ "form": 1, "date": "2026-01-01" }""", await File.ReadAllTextAsync(_cli.Override));
    }

    [Fact]
    public async Task An_override_file_with_errors_is_refused_and_left_alone()
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        _cli.Write("override.json", """{ "form": 2 }""");
        var (code, _, error) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue), "--accept");
        Assert.Equal(1, code);
        Assert.Contains("has errors", error);
        Assert.Equal("""{ "form": 2 }""", await File.ReadAllTextAsync(_cli.Override));
    }

    [Fact]
    public async Task Accepting_needs_a_file_to_write()
    {
        var (code, _, error) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue), "--accept");
        Assert.Equal(2, code);
        Assert.Contains("--output FILE", error);
    }

    [Fact]
    public async Task Another_file_may_be_named_and_is_said_not_to_be_in_use()
    {
        var (code, output, _) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue), "--accept", "--output", _cli.Override, "--list", "openai");
        Assert.Equal(0, code);
        Assert.NotNull(Book().Resolve("openai", "gpt-99"));
        Assert.Contains("set LLMeter:Prices:Override to it", output);
    }

    [Fact]
    public async Task Only_the_lists_that_are_named_are_compared()
    {
        var (_, output, _) = await _cli.RunAsync("import", _cli.Write("catalogue.json", Catalogue), "--list", "anthropic");
        Assert.DoesNotContain("gpt-99", output);
    }

    private PriceBook Book() => PriceBookReader.Read(PriceBookSource.ShippedFile(), File.ReadAllBytes(_cli.Override)).Book!;
}
