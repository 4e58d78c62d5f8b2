using System.Buffers;
using System.Text.Json;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway;

/// <summary>
/// <c>GET /llmeter/v1/me</c>: what the holder of a key may know of its own tenant, that is every budget of the tenant but those
/// of other keys. Global ones are the sum of other tenants' spend and not this tenant's to know (A70). Works over cap (A94).
/// </summary>
public sealed class OwnUsageEndpoint(ITenancySnapshotSource tenancy, IBudgetStore budgets)
{
    public static bool Matches(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Equals("/llmeter/v1/me", StringComparison.Ordinal);

    public async Task WriteAsync(GatewayContext context)
    {
        var key = context.Principal.Key;
        var tenant = context.Principal.Home;
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("tenant", tenant.Id);
            json.WriteString("name", tenant.Name);
            json.WriteString("key", key.Name);
            json.WriteStartArray("budgets");
            foreach (var budget in tenancy.Current.BudgetsOf(tenant.Id))
            {
                if (budget.Scope != BudgetScope.Key || string.Equals(budget.ScopeId, key.Id, StringComparison.Ordinal))
                {
                    await WriteAsync(json, new AppliedBudget(
                        tenant.Id, budget, WindowSchedule.At(context.StartedAt, budget.Window, budget.Anchor, TimeZoneSchedule.VersionsOf(tenant))), context.Http.RequestAborted);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var response = context.Http.Response;
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        response.Headers["x-llmeter-request-id"] = context.RequestIdText;
        await response.Body.WriteAsync(body.WrittenMemory);
    }

    private async ValueTask WriteAsync(Utf8JsonWriter json, AppliedBudget applied, CancellationToken cancellationToken)
    {
        var balance = await budgets.ReadAsync(applied.Key, cancellationToken);
        var remaining = NanoUsd.Max(NanoUsd.Zero, applied.Budget.Limit - balance.Spent - balance.Held);
        json.WriteStartObject();
        json.WriteString("name", applied.Budget.Name);
        json.WriteString("scope", applied.Budget.Scope.ToString().ToLowerInvariant());
        if (applied.Budget.Models is { } models)
        {
            json.WriteStartArray("models");
            foreach (var model in models)
            {
                json.WriteStringValue(model);
            }

            json.WriteEndArray();
        }

        json.WriteString("window", applied.Budget.Window.ToString().ToLowerInvariant());
        json.WriteString("mode", applied.Budget.Mode.ToString().ToLowerInvariant());
        json.WriteString("limitUsd", applied.Budget.Limit.ToUsdString());
        json.WriteString("spentUsd", balance.Spent.ToUsdString());
        json.WriteString("heldUsd", balance.Held.ToUsdString());
        json.WriteString("remainingUsd", remaining.ToUsdString());
        if (applied.Window.End == DateTimeOffset.MaxValue)
        {
            json.WriteNull("resetsAt");
        }
        else
        {
            json.WriteString("resetsAt", applied.Window.End);
        }

        json.WriteEndObject();
    }
}
