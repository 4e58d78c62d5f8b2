using System.CommandLine;
using System.Globalization;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Http;

namespace LLMeterProxy.Cli;

/// <summary><c>budgets set|list</c></summary>
internal static class BudgetVerbs
{
    private const string Everyone = "global";

    public static Command Build(CliSession session) => new("budgets", "Sets and lists budgets.")
    {
        Set(session),
        List(session),
    };

    private static Command Set(CliSession session)
    {
        var owner = OwnerArgument();
        var name = new Argument<string>("name");
        var window = new Option<string>("--window") { Description = "day, week, month or total.", Required = true };
        var limit = new Option<string>("--limit") { Description = "USD; 0 allows nothing.", Required = true };
        var anchor = new Option<int?>("--anchor") { Description = "Week: 1 (Monday) to 7. Month: 1 to 31." };
        var mode = new Option<string?>("--mode") { Description = "hard (default), soft or shadow." };
        var strict = new Option<bool?>("--strict") { Description = "Holds are true upper bounds." };
        var scope = new Option<string?>("--scope") { Description = "tenant (default), key or tag." };
        var scopeId = new Option<string?>("--scope-id") { Description = "The key's id, or name=value of a tag." };
        var models = new Option<string[]>("--model") { Description = "Count this model only; may end in '*'; may be repeated." };
        var whenShort = new Option<string?>("--when-short") { Description = "reject (default) or clamp." };
        var midStream = new Option<string?>("--mid-stream") { Description = "none (default) or cut." };
        var json = CliSession.JsonOption();
        var command = new Command("set", "Creates or replaces a budget.")
        {
            owner, name, window, limit, anchor, mode, strict, scope, scopeId, models, whenShort, midStream, json,
        };
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (!UsdAmount.TryParse(parse.GetRequiredValue(limit), out var amount))
            {
                throw new CliException(ExitCodes.Usage, $"'{parse.GetRequiredValue(limit)}' is no amount in USD.");
            }

            using var client = session.Connect(parse);
            var budget = await client.PutBudgetAsync(
                Owner(parse.GetRequiredValue(owner)),
                parse.GetRequiredValue(name),
                new BudgetBody
                {
                    Scope = parse.GetValue(scope),
                    ScopeId = parse.GetValue(scopeId),
                    Models = parse.GetValue(models) is { Length: > 0 } some ? some : null,
                    Window = parse.GetRequiredValue(window),
                    Anchor = parse.GetValue(anchor),
                    LimitUsd = amount,
                    Mode = parse.GetValue(mode),
                    Strict = parse.GetValue(strict),
                    WhenShort = parse.GetValue(whenShort),
                    MidStream = parse.GetValue(midStream),
                },
                cancellationToken);
            Write(session, [budget], parse.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List(CliSession session)
    {
        var owner = OwnerArgument();
        var json = CliSession.JsonOption();
        var command = new Command("list", "Lists budgets with what is spent, held and left.") { owner, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            Write(session, await client.ListBudgetsAsync(Owner(parse.GetRequiredValue(owner)), cancellationToken), parse.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Argument<string> OwnerArgument() => new("tenant") { Description = $"The tenant, or '{Everyone}' for budgets over everything." };

    private static string? Owner(string text) => string.Equals(text, Everyone, StringComparison.Ordinal) ? null : text;

    private static void Write(CliSession session, IReadOnlyList<BudgetResponse> budgets, bool json)
    {
        if (json)
        {
            session.WriteJson(budgets, AdminJson.Default.IReadOnlyListBudgetResponse);
            return;
        }

        session.WriteTable(
            budgets,
            ("name", b => b.Name),
            ("scope", b => b.Scope),
            ("window", b => b.Window),
            ("mode", b => b.Strict ? b.Mode + " strict" : b.Mode),
            ("limit USD", b => b.LimitUsd),
            ("spent", b => b.SpentUsd),
            ("held", b => b.HeldUsd),
            ("remaining", b => b.RemainingUsd),
            ("resets (UTC)", b => b.ResetsAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never"));
    }
}
