using System.CommandLine;
using System.Globalization;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Cli.Prices;

/// <summary>
/// <c>prices check</c>: contradictions in the price book, and models without a price. Needs no server; asks one where it answers.
/// </summary>
internal static class PriceCheckVerb
{
    public static Command Build(CliSession session)
    {
        var models = new Option<FileInfo?>("--models") { Description = "A file of lines 'provider model' that must all have a price." };
        var command = new Command("check", "Looks for models without a price and for prices that contradict each other.") { models };
        command.SetAction((parse, cancellationToken) => RunAsync(session, parse, parse.GetValue(models), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ParseResult parse, FileInfo? models, CancellationToken cancellationToken)
    {
        var configuration = session.Configuration(parse);
        var book = (await PriceFiles.ReadAsync(configuration, null, cancellationToken)).Book;
        var contradictions = PriceBookCheck.Contradictions(book).ToList();
        foreach (var found in contradictions)
        {
            await session.Output.WriteLineAsync($"contradiction: {found.List}/{found.Model}: {found.Text}");
        }

        var gaps = new PriceGaps(book, configuration);
        var named = gaps.Configured();
        if (models is not null)
        {
            named = named.Concat(await NamedModels.ReadAsync(models, cancellationToken));
        }

        foreach (var model in named.Distinct())
        {
            gaps.Check(model);
        }

        var unpriced = await UnpricedAsync(session, parse, cancellationToken);
        foreach (var note in gaps.Notes.Concat(unpriced.Notes))
        {
            await session.Output.WriteLineAsync($"note: {note}");
        }

        var missing = gaps.Found.Concat(unpriced.Gaps).ToList();
        foreach (var gap in missing)
        {
            await session.Output.WriteLineAsync($"gap: {gap}");
        }

        await session.Output.WriteLineAsync(
            $"Price book {book.Version}: {Count(book.Lists.Sum(l => l.Models.Count))} models in {Count(book.Lists.Count)} lists; "
            + $"{Count(gaps.Checked)} named models checked; {Count(missing.Count)} gaps, {Count(contradictions.Count)} contradictions.");
        return missing.Count + contradictions.Count > 0 ? ExitCodes.Failed : ExitCodes.Success;
    }

    /// <summary>What the ledger has without a price, where a server answers.</summary>
    private static async Task<(IReadOnlyList<string> Gaps, IReadOnlyList<string> Notes)> UnpricedAsync(
        CliSession session, ParseResult parse, CancellationToken cancellationToken)
    {
        try
        {
            using var client = session.Connect(parse);
            var rows = await client.QueryUsageAsync([new("groupBy", "provider,model")], cancellationToken);
            return (
                [.. rows.Where(r => r.UnpricedRequests > 0)
                    .Select(r => $"{r.Provider} {r.Model}: {r.UnpricedRequests.ToString(CultureInfo.InvariantCulture)} requests of this month have no price")],
                []);
        }
        catch (CliException refused) when (refused.ExitCode is ExitCodes.NoServer or ExitCodes.Unauthorized)
        {
            return ([], ["the ledger was not asked for models without a price: no server answers, or its admin token is not at hand"]);
        }
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
