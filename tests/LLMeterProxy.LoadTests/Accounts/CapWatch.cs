using System.Text.Json;
using LLMeterProxy.Core.Money;
using LLMeterProxy.LoadTests.Processes;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>Asks the nodes in turn for the strict budgets while the load runs: none may ever be over its limit.</summary>
/// <param name="tight">The tenant whose fullness is noted.</param>
internal sealed class CapWatch(IReadOnlyList<ProxyProcess> nodes, IReadOnlyList<string> tenants, string tight)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(25);

    public int Samples { get; private set; }

    public List<string> Violations { get; } = [];

    /// <summary>The largest share of the tight limit that was seen taken, 1 being all of it.</summary>
    public decimal Fullest { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            foreach (var tenant in tenants)
            {
                try
                {
                    Look(tenant, await nodes[turn % nodes.Count].GetAsync($"/api/v1/tenants/{tenant}/budgets"));
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
                {
                    // Killed, or on its way up.
                }
            }

            await Task.Delay(_interval, CancellationToken.None);
        }
    }

    private void Look(string tenant, JsonElement budgets)
    {
        Samples++;
        foreach (var budget in budgets.EnumerateArray())
        {
            var figures = BudgetFigures.Of(budget);
            if (figures.Spent + figures.Held > figures.Limit || figures.Held < NanoUsd.Zero)
            {
                Violations.Add($"{tenant}/{figures.Name}: spent {figures.Spent}, held {figures.Held}, limit {figures.Limit}");
            }

            if (tenant == tight)
            {
                Fullest = Math.Max(Fullest, (figures.Spent + figures.Held).Value / (decimal)figures.Limit.Value);
            }
        }
    }
}
