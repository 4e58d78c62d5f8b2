using System.Net.Http.Headers;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>Copies the provider's headers that are on the allow-list and adds ours.</summary>
internal sealed class ResponseHeaders(GatewaySettings settings, IBudgetStore budgets) : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        var call = GatewayFeature.Of(context.HttpContext);
        var headers = context.HttpContext.Response.Headers;
        if (context.ProxyResponse is { } response)
        {
            Copy(response.Headers, headers);
            Copy(response.Content.Headers, headers);
            if (response.Headers.TransferEncodingChunked == true)
            {
                headers.ContentLength = null;
            }
        }

        headers["x-llmeter-request-id"] = call.RequestIdText;
        if (settings.BudgetRemainingHeader && Remaining(call) is { } remaining)
        {
            headers["x-llmeter-budget-remaining-usd"] = remaining.ToUsdString();
        }

        return ValueTask.CompletedTask;
    }

    private static void Copy(HttpHeaders from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (!HeaderAllowList.Response.Allows(name))
            {
                continue;
            }

            if (values.Count == 1)
            {
                to[name] = values.ToString();
            }
            else
            {
                to[name] = values.ToArray();
            }
        }
    }

    /// <summary>The least of the tenant's own hard budgets; a global one would tell other tenants' spend.</summary>
    private NanoUsd? Remaining(GatewayContext call)
    {
        NanoUsd? least = null;
        foreach (var applied in call.Admission?.Budgets ?? [])
        {
            if (applied.Budget is not { Mode: BudgetMode.Hard, Scope: not BudgetScope.Global })
            {
                continue;
            }

            var balance = budgets.Read(applied.Key);
            var remaining = NanoUsd.Max(NanoUsd.Zero, applied.Budget.Limit - balance.Spent - balance.Held);
            least = least is { } known ? NanoUsd.Min(known, remaining) : remaining;
        }

        return least;
    }
}
