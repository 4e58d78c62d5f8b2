using LLMeterProxy.Core.Pricing;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

[Trait("Acceptance", "T40")]
[Trait("Acceptance", "A55")]
public sealed class PriceBookResolveTests
{
    [Theory]
    [InlineData("openai", "gpt-4o", "gpt-4o")]
    [InlineData("openai", "gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13")]
    [InlineData("openai", "openai/gpt-4o", "gpt-4o")]
    [InlineData("openai", "openai/gpt-4o-2024-11-20", "gpt-4o")]
    [InlineData("openai", "gpt-5.4-2026-03-05", "gpt-5.4")]
    [InlineData("openai", "gpt-5.6", "gpt-5.6-sol")]
    [InlineData("openai", "gpt-5.6-sol-2026-08-21", "gpt-5.6-sol")]
    [InlineData("openai", "gpt-4-0613", "gpt-4")]
    [InlineData("azure-openai", "gpt-4.1-mini-2025-04-14", "gpt-4.1-mini")]
    [InlineData("openai", "ft:gpt-4o-mini-2024-07-18:acme::AbC", "ft:gpt-4o-mini-2024-07-18")]
    [InlineData("anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5")]
    [InlineData("anthropic", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5")]
    [InlineData("anthropic", "claude-opus-4-20250514", "claude-opus-4")]
    [InlineData("anthropic", "claude-opus-4-1@20250805", "claude-opus-4-1")]
    [InlineData("anthropic", "claude-3-5-sonnet-latest", "claude-3-5-sonnet")]
    [InlineData("anthropic", "claude-opus-5", "claude-opus-5")]
    [InlineData("anthropic", "claude-opus-5-5", "claude-opus-5-5")]
    [InlineData("gemini", "models/gemini-2.5-flash", "gemini-2.5-flash")]
    [InlineData("gemini", "google/gemini-2.0-flash-001", "gemini-2.0-flash")]
    [InlineData("gemini", "gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash")]
    [InlineData("gemini", "gemini-2.5-pro-preview-06-05", "gemini-2.5-pro")]
    [InlineData("gemini", "gemini-2.5-flash-lite-preview-09-2025", "gemini-2.5-flash-lite")]
    [InlineData("vertex", "gemini-3-pro-preview", "gemini-3-pro-preview")]
    [InlineData("openrouter", "openai/gpt-4o-mini", "gpt-4o-mini")]
    [InlineData("openrouter", "anthropic/claude-4.6-sonnet-20260217", "claude-sonnet-4-6")]
    [InlineData("openrouter", "google/gemini-2.5-flash", "gemini-2.5-flash")]
    [InlineData("openrouter", "openai/gpt-4o:nitro", "gpt-4o")]
    [InlineData("openrouter", "openai/gpt-oss-120b", "openai/gpt-oss-120b")]
    [InlineData("openrouter", "qwen/qwen3-coder:free", "free")]
    public void A_name_leads_to_its_one_entry(string provider, string name, string id) => Assert.Equal(id, Book.Resolve(provider, name)?.Id);

    [Theory]
    [InlineData("openai", "gpt-99")]
    [InlineData("openai", "")]
    [InlineData("openai", "GPT-4o")]
    [InlineData("openai", " gpt-4o")]
    [InlineData("openai", "gpt-4o\n")]
    [InlineData("openai", "gpt-4\u043e")]
    [InlineData("openai", "gpt-4o\u200b")]
    [InlineData("openai", "ft:gpt-6-sol:acme::AbC")]
    [InlineData("openai", "gpt-4o-2024-08")]
    [InlineData("openai", "gpt-4o-1024-08-06")]
    [InlineData("openai", "gpt-4o-mini-or-so")]
    [InlineData("openai", "anthropic/claude-opus-5")]
    [InlineData("openai", "gpt-4o:free")]
    [InlineData("anthropic", "claude-opus-6")]
    [InlineData("openrouter", "openai/gpt-99")]
    [InlineData("openrouter", "openai/openai")]
    [InlineData("nobody", "gpt-4o")]
    public void A_name_that_the_book_does_not_know_leads_nowhere(string provider, string name) => Assert.Null(Book.Resolve(provider, name));

    [Fact]
    public void What_is_remembered_of_the_clients_names_is_bounded()
    {
        var book = PriceBookSource.FromEmbedded().Current;
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Null(book.Resolve("openai", $"made-up-{i}"));
        }

        Assert.Equal("gpt-4o", book.Resolve("openai", "openai/gpt-4o")?.Id);
        Assert.InRange(book.IndexOf("openai")!.RememberedCount, 1, 2100);
    }

    [Fact]
    public void A_name_beyond_all_measure_is_not_looked_at() => Assert.Null(Book.Resolve("openai", "openai/" + new string('a', 100_000)));

    [Fact]
    public void A_book_without_lists_knows_nothing() => Assert.Null(new PriceBook { Version = "none" }.Resolve("openai", "gpt-4o"));
}
