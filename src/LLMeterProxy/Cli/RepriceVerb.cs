using System.CommandLine;
using System.Globalization;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Repricing;

namespace LLMeterProxy.Cli;

/// <summary><c>prices reprice</c></summary>
internal static class RepriceVerb
{
    public static Command Build(CliSession session)
    {
        var from = new Option<string>("--from") { Description = "ISO 8601, inclusive.", Required = true };
        var to = new Option<string>("--to") { Description = "ISO 8601, exclusive.", Required = true };
        var tenant = new Option<string?>("--tenant") { Description = "Default: all tenants." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would change and writes nothing." };
        var json = CliSession.JsonOption();
        var command = new Command("reprice", "Prices past calls by the price book in force and writes the differences as adjustments.") { from, to, tenant, dryRun, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            // A month of a busy node takes minutes.
            using var client = session.Connect(parse, Timeout.InfiniteTimeSpan);
            var result = await client.RepriceAsync(
                new RepriceBody(parse.GetValue(from), parse.GetValue(to), parse.GetValue(tenant), parse.GetValue(dryRun)), cancellationToken);
            if (parse.GetValue(json))
            {
                session.WriteJson(result, AdminJson.Default.RepriceResponse);
                return ExitCodes.Success;
            }

            await session.Output.WriteLineAsync($"Price book {result.PriceVersion}, {Instant(result.From)} to {Instant(result.To)}.");
            session.WriteTable(
                [.. result.Rows, result.Total],
                ("tenant", r => r.Tenant ?? "all"),
                ("provider", r => r.Provider),
                ("model", r => r.Model),
                ("records", r => Count(r.Records)),
                ("changed", r => Count(r.Changed)),
                ("kept", r => Count(r.Kept)),
                ("old USD", r => r.OldCostUsd),
                ("new USD", r => r.NewCostUsd),
                ("difference", r => r.DifferenceUsd),
                ("unpriced before", r => Count(r.UnpricedBefore)),
                ("after", r => Count(r.UnpricedAfter)));
            await session.Output.WriteLineAsync(result.DryRun ? "Dry run: nothing was written." : $"{Count(result.Total.Changed)} adjustments written.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Instant(DateTimeOffset instant) => instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
