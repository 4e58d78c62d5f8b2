using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Route;

/// <summary>Stage 3: the canonical model with its price, and the provider's credential for the first attempt.</summary>
public sealed class RouteStage(IPriceBookSource prices)
{
    private const int MaxModelLength = 256;

    private static readonly Problem NoCredential = new(
        ProblemCode.UpstreamUnreachable,
        "This gateway has no credential for the provider. Its operator must add one.");

    public Problem? Run(GatewayContext context)
    {
        var provider = context.Provider!;
        context.Prices = prices.Current;
        if (context.Facts.Model is { Length: > 0 } model)
        {
            if (model.Length > MaxModelLength)
            {
                return new Problem(ProblemCode.InvalidValue, "The model name is too long.", "model");
            }

            context.PricedModel = provider.Resolve(context.Prices, model);
            context.Model = context.PricedModel?.Id ?? model;
        }

        context.Credential = provider.Credentials.Next();
        return context.Credential is null && provider is { Authorizer: null, Dialect.NeedsApiKey: true } ? NoCredential : null;
    }
}
