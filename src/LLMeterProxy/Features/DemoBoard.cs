using System.Collections.Concurrent;
using System.Globalization;
using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Gateway.Record;
using LLMeterProxy.Simulator.Demo;
using Spectre.Console;

namespace LLMeterProxy.Features;

/// <summary>The demo's live table of spend by tenant. On a terminal it is redrawn in place; elsewhere it is printed every two seconds.</summary>
internal sealed class DemoBoard(IServiceProvider services, IEnumerable<string> tenants) : IProgress<DemoProgress>
{
    private readonly ConcurrentDictionary<string, DemoProgress> _progress = new(StringComparer.Ordinal);
    private readonly MeteringCounters _counters = services.GetRequiredService<MeteringCounters>();
    private readonly ITenancySnapshotSource _tenancy = services.GetRequiredService<ITenancySnapshotSource>();
    private readonly IBudgetStore _budgets = services.GetRequiredService<IBudgetStore>();
    private readonly IBudgetWindows _windows = services.GetRequiredService<IBudgetWindows>();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly List<string> _tenants = [.. tenants];

    public void Report(DemoProgress value) => _progress[value.Tenant] = value;

    /// <summary>Shows until cancelled.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Console.IsOutputRedirected)
            {
                await PrintAsync(cancellationToken);
            }
            else
            {
                await AnsiConsole.Live(Draw()).StartAsync(async live =>
                {
                    while (true)
                    {
                        live.UpdateTarget(Draw());
                        await Task.Delay(TimeSpan.FromMilliseconds(500), _time, cancellationToken);
                    }
                });
            }
        }
        catch (OperationCanceledException)
        {
            // That is how a demo ends.
        }
    }

    private async Task PrintAsync(CancellationToken cancellationToken)
    {
        var wide = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        wide.Profile.Width = 140;
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), _time, cancellationToken);
            wide.Write(Draw());
        }
    }

    private Table Draw()
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("tenant")
            .AddColumn(new TableColumn("calls").RightAligned())
            .AddColumn(new TableColumn("tokens in").RightAligned())
            .AddColumn(new TableColumn("tokens out").RightAligned())
            .AddColumn(new TableColumn("spent USD").RightAligned())
            .AddColumn(new TableColumn("held USD").RightAligned())
            .AddColumn(new TableColumn("cap USD").RightAligned())
            .AddColumn(new TableColumn("used").RightAligned())
            .AddColumn("last");
        var snapshot = _tenancy.Current;
        foreach (var id in _tenants)
        {
            if (snapshot.FindTenant(id) is { } tenant && snapshot.BudgetsOf(id) is [var budget, ..])
            {
                AddRow(table, tenant, budget);
            }
        }

        return table;
    }

    private void AddRow(Table table, Tenant tenant, Budget budget)
    {
        long calls = 0, input = 0, output = 0;
        foreach (var cell in _counters.Cells.Where(c => c.Tenant == tenant.Id))
        {
            calls += Enum.GetValues<Core.Ledger.RequestOutcome>().Sum(cell.Requests);
            input += cell.InputTokens;
            output += cell.OutputTokens;
        }

        var window = _windows.Current(tenant, budget, _time.GetUtcNow());
        var balance = _budgets.Read(new BudgetWindowKey(tenant.Id, budget.Id, window.Id));
        var used = budget.Limit.Value == 0 ? 1 : (double)balance.Spent.Value / budget.Limit.Value;
        var last = _progress.GetValueOrDefault(tenant.Id)?.Note ?? "";
        table.AddRow(
            Markup.Escape(tenant.Id),
            calls.ToString("N0", CultureInfo.InvariantCulture),
            input.ToString("N0", CultureInfo.InvariantCulture),
            output.ToString("N0", CultureInfo.InvariantCulture),
            balance.Spent.ToUsd().ToString("0.000000", CultureInfo.InvariantCulture),
            balance.Held.ToUsd().ToString("0.000000", CultureInfo.InvariantCulture),
            budget.Limit.ToUsdString(),
            $"{(used >= 0.95 ? "[red]" : "[green]")}{used.ToString("P1", CultureInfo.InvariantCulture)}[/]",
            Markup.Escape(last));
    }
}
