using CsCheck;
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
    [InlineData("openrouter", "voyageai/rerank-2.5-lite", "rerank-2.5-lite")]
    [InlineData("anthropic", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5")]
    [InlineData("azure-openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13")]
    [InlineData("azure-openai", "azure/eu/gpt-5.1", "gpt-5.1")]
    [InlineData("azure-openai", "gpt-5.2_2025-12-11", "gpt-5.2")]
    [InlineData("azure-openai", "gpt-5.6", "gpt-5.6-sol")]
    [InlineData("azure", "text-embedding-3-small", "text-embedding-3-small")]
    [InlineData("azure", "ada", "text-embedding-ada-002")]
    [InlineData("vertex", "publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash")]
    [InlineData("vertex", "publishers/anthropic/models/claude-sonnet-4-5@20250929", "claude-sonnet-4-5")]
    [InlineData("vertex", "vertex_ai/claude-opus-4-6@default", "claude-opus-4-6")]
    [InlineData("vertex", "gemini-2.0-flash-001", "gemini-2.0-flash")]
    [InlineData("google", "models/gemini-2.5-flash-lite", "gemini-2.5-flash-lite")]
    [InlineData("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5")]
    [InlineData("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5")]
    [InlineData("bedrock", "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5")]
    [InlineData("bedrock", "global.anthropic.claude-opus-4-6-v1", "anthropic.claude-opus-4-6")]
    [InlineData("bedrock", "us.anthropic.claude-opus-4-8", "anthropic.claude-opus-4-8")]
    [InlineData("bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-5-sonnet")]
    [InlineData("bedrock", "anthropic.claude-v2:1", "anthropic.claude-v2:1")]
    [InlineData("bedrock", "bedrock/eu-central-1/anthropic.claude-v2:1", "anthropic.claude-v2:1")]
    [InlineData("bedrock", "amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0")]
    [InlineData("bedrock", "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0")]
    [InlineData("bedrock", "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0")]
    [InlineData("bedrock-mantle", "openai.gpt-oss-safeguard-20b", "openai.gpt-oss-safeguard-20b")]
    [InlineData("groq", "groq/compound", "groq/compound")]
    [InlineData("groq", "groq/llama-3.3-70b-versatile", "llama-3.3-70b-versatile")]
    [InlineData("mistral", "ministral-14b-latest", "ministral-14b-2512")]
    [InlineData("fireworks", "accounts/fireworks/models/kimi-k3", "kimi-k3")]
    [InlineData("huggingface", "deepseek-ai/DeepSeek-R1:together", "deepseek-ai/DeepSeek-R1")]
    [InlineData("ollama", "qwen2.5:14b", "local")]
    [InlineData("gpustack", "qwen3", "local")]
    [InlineData("chatgpt-codex", "gpt-5.4", "subscription")]
    [Trait("Acceptance", "G31")]
    [Trait("Acceptance", "T70")]
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
    [InlineData("bedrock", "us.anthropic.claude-sonnet-99-v1:0")]
    [InlineData("bedrock", "us.us.anthropic.claude-sonnet-99")]
    [InlineData("bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdef")]
    [InlineData("bedrock", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/anthropic.claude-sonnet-4-5")]
    [InlineData("bedrock", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/")]
    [InlineData("bedrock", "claude-opus-99")]
    [InlineData("openai", "gpt-4o:0")]
    [InlineData("azure-openai", "my-deployment")]
    [InlineData("groq", "gemini-2.5-flash")]
    [Trait("Acceptance", "G30")]
    public void A_name_that_the_book_does_not_know_leads_nowhere(string provider, string name) => Assert.Null(Book.Resolve(provider, name));

    // T40: the id is one, and a name's region is not lost with it
    [Theory]
    [InlineData("us.anthropic.claude-opus-4-8", "us")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-8", "us")]
    [InlineData("bedrock/us-gov-west-1/anthropic.claude-opus-4-8", "us-gov-west-1")]
    [InlineData("anthropic.claude-opus-4-8", null)]
    public void A_name_keeps_its_region(string name, string? geo) => Assert.Equal(geo, Book.Resolve("bedrock", name)!.Geo);

    [Fact]
    public void Names_of_one_region_lead_to_one_instance() => Assert.Same(
        Book.Resolve("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        Book.Resolve("bedrock", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5"));

    [Fact]
    public void Whatever_a_name_leads_to_leads_to_itself()
    {
        var lists = Book.Lists.Select(l => l.Id).ToArray();
        var names = Book.Lists.SelectMany(l => l.Models).SelectMany(m => m.Aliases.Prepend(m.Id)).ToArray();
        var beginnings = Book.Lists.SelectMany(l => l.Prefixes.Concat(l.Geos.Keys).Concat(l.Vendors.Keys)).Append("").ToArray();
        string[] ends = ["", "-2026-03-05", "@20250929", "-v1:0", ":0", ":free", "-preview-09-2025", "@default"];
        Gen.Select(Of(lists), Of(beginnings), Of(names), Of(ends)).Sample(
            (list, beginning, name, end) =>
            {
                if (Book.Resolve(list, beginning + name + end) is { } found)
                {
                    Assert.Equal(found.Id, Book.Resolve(found.Provider, found.Id)!.Id);
                    Assert.Equal(found.Id, Book.Resolve(list, found.Id)?.Id);
                }
            },
            iter: 20_000);
    }

    private static Gen<string> Of(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

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
