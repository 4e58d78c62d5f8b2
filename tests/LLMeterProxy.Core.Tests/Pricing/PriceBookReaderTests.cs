using System.Text;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

public sealed class PriceBookReaderTests
{
    private const string Dated = """ "effectiveFrom": "2026-01-01", "source": "a price list", "read": "2026-02-03" """;

    [Fact]
    public void An_entry_of_every_shape_is_read()
    {
        var book = BookOf("""
            "m": {
              "aliases": ["n"], "contextWindow": 1000, "maxOutputTokens": 100,
              "prices": [{
                $DATED,
                "perMillionTokens": {
                  "input_token": "2.5", "cache_read_token": "0.25", "cache_write_5m_token": "3.125", "cache_write_1h_token": "5", "output_token": "10",
                  "reasoning_token": "3", "audio_input_token": "32", "audio_cache_read_token": "0.4", "image_input_token": "8",
                  "audio_output_token": "64", "image_output_token": "40"
                },
                "perUnit": {
                  "web_search": "0.01", "file_search": "0.0025", "code_interpreter_session": "0.03", "grounded_prompt": "0.035", "grounding_query": "0.014",
                  "image": "0.04", "second": "0.0001", "character": "0.000015", "page": "0.001", "search_unit": "0.002", "request": "0.005"
                },
                "context": [{ "above": 1000, "perMillionTokens": { "input_token": "5" } }],
                "tiers": {
                  "batch": { "multiplier": "0.5" },
                  "priority": { "perMillionTokens": { "input_token": "5" }, "context": [{ "above": 1000, "perMillionTokens": { "input_token": "7" } }] }
                },
                "speed": { "fast": "6" },
                "geo": { "us": "1.1" },
                "hours": [{ "from": "16:30", "to": "00:30", "multiplier": "0.5" }]
              }]
            }
            """);
        var model = book.Resolve("p", "n")!;
        var card = model.RateCards[0];

        Assert.Equal(("m", "p", new ModelLimits(1000, 100)), (model.Id, model.Provider, model.Limits));
        Assert.Equal(2_500_000_000m, card.Rates[UnitNames.InputToken]);
        Assert.Equal(10_000_000_000_000m, card.Rates[UnitNames.WebSearch]);
        Assert.Equal(22, card.Rates.Count);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), card.EffectiveFrom);
        Assert.Equal(("a price list", new DateOnly(2026, 2, 3)), (card.Source, card.ReadOn));
        Assert.Equal(1000, card.ContextSteps[0].Above);
        Assert.Equal(0.5m, card.Tiers["batch"].Multiplier);
        Assert.Equal(7_000_000_000m, card.Tiers["priority"].ContextSteps[0].Rates[UnitNames.InputToken]);
        Assert.Equal((6m, 1.1m), (card.SpeedMultipliers["fast"], card.Geos["us"].Factor));
        Assert.Equal(new DailyWindow(new TimeOnly(16, 30), new TimeOnly(0, 30), 0.5m), card.DailyWindows[0]);
    }

    [Theory]
    [Trait("Acceptance", "A58")]
    [Trait("Acceptance", "T120")]
    [InlineData("1000.000000001", "above a thousand USD")]
    [InlineData("-1", "negative")]
    [InlineData("1e3", "exponent")]
    [InlineData("1,5", "comma")]
    [InlineData("", "empty")]
    [InlineData("0.0000000001", "more places than a nano-USD has")]
    [InlineData("NaN", "not a number")]
    public void A_price_out_of_bounds_refuses_the_file(string price, string why)
    {
        var reading = Read(Model($$"""{ {{Dated}}, "perMillionTokens": { "input_token": "{{price}}" } }"""));
        Assert.Null(reading.Book);
        Assert.True(reading.Errors.Count > 0, why);
        Assert.Equal("lists.p.models.m.prices[0].perMillionTokens.input_token", reading.Errors[0].Key);
        Assert.Equal($"\"{price}\"", reading.Errors[0].Value);
        Assert.Contains("USD per million tokens", reading.Errors[0].Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "perMillionTokens": { "input_token": "1" } }""", "effectiveFrom")]
    [InlineData("""{ "effectiveFrom": "2026-01-01", "source": "s", "perMillionTokens": { "input_token": "1" } }""", "read")]
    [InlineData("""{ "effectiveFrom": "2026-13-01", "source": "s", "read": "2026-01-01", "perMillionTokens": { "input_token": "1" } }""", "effectiveFrom")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": 1 } }""", "input_token")]
    [InlineData("""{ $DATED, "perMillionTokens": { "inputs": "1" } }""", "inputs")]
    [InlineData("""{ $DATED, "perUnit": { "web_search": "101" } }""", "web_search")]
    [InlineData("""{ $DATED, "perUnit": { "input_token": "1" } }""", "input_token")]
    [InlineData("""{ $DATED, "perMillionTokens": { } }""", "prices[0]")]
    [InlineData("""{ $DATED, "price": "1", "perMillionTokens": { "input_token": "1" } }""", "price")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": "1" }, "tiers": { "flex": { } } }""", "flex")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": "1" }, "tiers": { "flex": { "multiplier": "0.555" } } }""", "multiplier")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": "1" }, "context": [{ "above": 0, "perMillionTokens": { "input_token": "1" } }] }""", "above")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": "1" }, "context": [{ "above": 9, "perMillionTokens": { "input_token": "1" } }, { "above": 8, "perMillionTokens": { "input_token": "1" } }] }""", "context[1]")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": "1" }, "hours": [{ "from": "25:00", "to": "01:00", "multiplier": "1" }] }""", "from")]
    [InlineData("""{ $DATED, "perMillionTokens": { "input_token": "1", "input_token": "2" } }""", "$")]
    public void A_faulty_entry_names_its_key(string entry, string key)
    {
        var reading = Read(Model(entry.Replace("$DATED", Dated, StringComparison.Ordinal)));
        Assert.Null(reading.Book);
        Assert.Contains(reading.Errors, e => e.Key.EndsWith(key, StringComparison.Ordinal) && e.Fix.Length > 0);
    }

    [Fact]
    public void All_errors_come_at_once()
    {
        var reading = Read(File("""
            "m": { "prices": [{ $DATED, "perMillionTokens": { "input_token": "-1", "output_token": "x" } }] },
            "n": { "prices": [] },
            "o": { "aliases": ["m"], "prices": [{ $DATED, "perMillionTokens": { "input_token": "1" } }] }
            """));
        Assert.Null(reading.Book);
        Assert.Equal(5, reading.Errors.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "form": 2, "date": "2026-01-01", "lists": {} }""")]
    [InlineData("""{ "form": 1, "date": "2026-01-01", "lists": { "p": { "vendors": { "x/": "q" }, "models": {} } } }""")]
    [InlineData("""{ "form": 1, "date": "2026-01-01", "lists": { "p": { "vendors": { "": "p" }, "models": {} } } }""")]
    [InlineData("""{ "form": 1, "date": "2026-01-01", "lists": { "p": { "suffixes": { ":free": "free" }, "models": {} } } }""")]
    public void What_is_not_a_price_file_is_refused(string text)
    {
        var reading = Read(text);
        Assert.Null(reading.Book);
        Assert.NotEmpty(reading.Errors);
    }

    [Fact]
    public void Entries_must_be_in_the_order_of_their_dates()
    {
        var entry = $$"""{ {{Dated}}, "perMillionTokens": { "input_token": "1" } }""";
        Assert.Contains(Read(Model(entry + "," + entry)).Errors, e => e.Key.EndsWith("prices[1].effectiveFrom", StringComparison.Ordinal));
    }

    [Fact]
    public void An_override_replaces_the_whole_model_and_takes_its_names()
    {
        var reading = PriceBookReader.Read(PriceBookSource.ShippedFile(), Bytes("""
            { "form": 1, "date": "2026-12-01", "lists": {
              "openai": { "models": { "house-model": { "aliases": ["gpt-5.6", "gpt-4.1"], "prices": [{ $DATED, "perMillionTokens": { "input_token": "7" } }] } } },
              "local": { "models": { "llama": { "prices": [{ $DATED, "perMillionTokens": { "input_token": "0", "output_token": "0" } }] } } } } }
            """));
        Assert.Empty(reading.Errors);
        var book = reading.Book!;

        Assert.Equal("house-model", book.Resolve("openai", "gpt-5.6")?.Id);
        Assert.Equal("house-model", book.Resolve("openai", "gpt-4.1-2025-04-14")?.Id);
        Assert.Equal("gpt-5.6-sol", book.Resolve("openai", "gpt-5.6-sol")?.Id);
        Assert.Equal("gpt-4o", book.Resolve("openai", "gpt-4o")?.Id);
        Assert.True(book.Resolve("local", "llama")!.RateCards[0].IsFree);
        Assert.StartsWith("2026-12-01-", book.Version, StringComparison.Ordinal);
        Assert.NotEqual(Book.Version[^8..], book.Version[^8..]);
    }

    [Fact]
    public void The_version_follows_the_content()
    {
        var one = File("""  "m": { "prices": [{ $DATED, "perMillionTokens": { "input_token": "1" } }] } """);
        Assert.Equal(Read(one).Book!.Version, Read(one).Book!.Version);
        Assert.NotEqual(Read(one).Book!.Version, Read(one.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)).Book!.Version);
    }

    [Fact]
    [Trait("Acceptance", "A58")]
    public void A_bad_override_leaves_the_last_good_book_in_force()
    {
        var source = PriceBookSource.FromEmbedded();
        Assert.Empty(source.Apply(Bytes("""
            { "form": 1, "date": "2026-12-01", "lists": { "openai": { "models": { "x": { "prices": [{ $DATED, "perMillionTokens": { "input_token": "1" } }] } } } } }
            """)));
        var good = source.Current;

        var errors = source.Apply(Bytes("""{ "form": 1, "date": "2026-12-01", "lists": { "openai": { "models": { "x": {} } } } }"""));

        Assert.Equal("override:lists.openai.models.x.prices", Assert.Single(errors).Key);
        Assert.Same(good, source.Current);
        Assert.NotNull(source.Current.Resolve("openai", "x"));
    }

    [Fact]
    public void An_empty_override_is_the_shipped_book()
    {
        var source = PriceBookSource.FromEmbedded();
        Assert.Empty(source.Apply(default));
        Assert.Equal(Book.Version, source.Current.Version);
    }

    private static PriceBook BookOf(string models)
    {
        var reading = Read(File(models));
        Assert.Empty(reading.Errors);
        return reading.Book!;
    }

    private static string Model(string entries) => File($$""" "m": { "prices": [{{entries}}] } """);

    private static string File(string models) => $$"""{ "form": 1, "date": "2026-11-24", "lists": { "p": { "models": { {{models}} } } } }""";

    private static PriceBookReading Read(string text) => PriceBookReader.Read(Bytes(text));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.Replace("$DATED", Dated, StringComparison.Ordinal));
}
