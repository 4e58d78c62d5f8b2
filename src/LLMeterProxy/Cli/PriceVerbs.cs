using System.CommandLine;
using System.Globalization;
using LLMeterProxy.AdminApi;
using LLMeterProxy.Cli.Prices;

namespace LLMeterProxy.Cli;

/// <summary><c>prices show|import|check|reprice</c></summary>
internal static class PriceVerbs
{
    private const int Shown = 200;

    public static Command Build(CliSession session) => new("prices", "The price book.")
    {
        Show(session), PriceImportVerb.Build(session), PriceCheckVerb.Build(session), RepriceVerb.Build(session),
    };

    private static Command Show(CliSession session)
    {
        var model = new Argument<string?>("model") { Description = "Part of a model's id.", Arity = ArgumentArity.ZeroOrOne };
        var provider = new Option<string?>("--provider");
        var json = CliSession.JsonOption();
        var command = new Command("show", "Shows the rates in force.") { model, provider, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var prices = await client.ReadPricesAsync(parse.GetValue(provider), parse.GetValue(model), Shown, cancellationToken);
            if (parse.GetValue(json))
            {
                session.WriteJson(prices, AdminJson.Default.PricesResponse);
                return ExitCodes.Success;
            }

            await session.Output.WriteLineAsync($"Price book {prices.Version}; USD for a million of each unit.");
            session.WriteTable(
                [.. prices.Models.SelectMany(m => m.Rates.SelectMany(card => card.UsdPerMillion.Select(rate => (Model: m, Card: card, Rate: rate))))],
                ("provider", r => r.Model.Provider),
                ("model", r => r.Model.Model),
                ("from", r => r.Card.EffectiveFrom.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                ("unit", r => r.Rate.Key),
                ("USD", r => r.Rate.Value));
            if (prices.Next is not null)
            {
                await session.Output.WriteLineAsync($"The first {Shown} models; name a model or --provider to see others.");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
