using System.CommandLine;
using System.Globalization;
using LLMeterProxy.AdminApi.Budgets;
using Spectre.Console;

namespace LLMeterProxy.Cli;

/// <summary><c>top</c>: this month's tenants by cost with their tightest budget, redrawn until Ctrl+C.</summary>
internal static class TopVerb
{
    public static Command Build(CliSession session)
    {
        var interval = new Option<int>("--interval") { Description = "Seconds between two looks, 1 to 3600.", DefaultValueFactory = _ => 2 };
        interval.Validators.Add(result =>
        {
            if (result.GetValue(interval) is < 1 or > 3600)
            {
                result.AddError("--interval must be 1 to 3600 seconds.");
            }
        });
        var once = new Option<bool>("--once") { Description = "One look, for scripts." };
        var command = new Command("top", "Shows live who spends what.") { interval, once };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            if (parse.GetValue(once))
            {
                session.Console.Write(TerminalConsole.Unsqueezed(await LookAsync(client, cancellationToken)));
                return ExitCodes.Success;
            }

            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(parse.GetValue(interval)));
            await session.Console.Live(await LookAsync(client, cancellationToken)).StartAsync(async live =>
            {
                try
                {
                    while (await timer.WaitForNextTickAsync(cancellationToken))
                    {
                        live.UpdateTarget(await LookAsync(client, cancellationToken));
                    }
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // Ctrl+C is how one leaves.
                }
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<Table> LookAsync(AdminClient client, CancellationToken cancellationToken)
    {
        var usage = await client.QueryUsageAsync([new("groupBy", "tenant")], cancellationToken);
        var byTenant = usage.ToDictionary(r => r.Tenant ?? "", StringComparer.Ordinal);
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("tenant", "requests", "output tokens", "cost USD", "tightest budget", "remaining USD", "held USD");
        foreach (var tenant in (await client.ListTenantsAsync(cancellationToken)).OrderByDescending(t => byTenant.GetValueOrDefault(t.Id)?.CostNanoUsd ?? 0))
        {
            var row = byTenant.GetValueOrDefault(tenant.Id);
            var budget = Tightest(await client.ListBudgetsAsync(tenant.Id, cancellationToken));
            table.AddRow(
                Markup.Escape(tenant.Id),
                Count(row?.Requests),
                Count(row?.OutputTokens),
                row?.CostUsd ?? "0",
                Markup.Escape(budget is null ? "none" : $"{budget.Name} ({budget.Window})"),
                budget?.RemainingUsd ?? "",
                budget?.HeldUsd ?? "");
        }

        return table;
    }

    private static BudgetResponse? Tightest(IReadOnlyList<BudgetResponse> budgets) =>
        budgets.MinBy(b => decimal.Parse(b.RemainingUsd, CultureInfo.InvariantCulture));

    private static string Count(long? value) => (value ?? 0).ToString("N0", CultureInfo.InvariantCulture);
}
