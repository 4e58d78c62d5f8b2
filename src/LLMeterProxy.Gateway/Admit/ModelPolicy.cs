using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>What the key may call: providers, operations, models. Judged on the canonical id, which is also what is priced (T40).</summary>
internal static class ModelPolicy
{
    public static Problem? Check(GatewayContext context)
    {
        var key = context.Principal.Key;
        if (key.Providers is { } providers && !providers.Contains(context.Provider!.Name))
        {
            return new Problem(ProblemCode.EndpointNotAllowed, $"This key may not use the provider '{context.Provider!.Name}'.");
        }

        var operation = context.Match.Route.Operation;
        if (key.Operations is { } operations && !operations.Contains(operation))
        {
            return new Problem(ProblemCode.EndpointNotAllowed, $"This key may not call the operation '{operation}'.");
        }

        return key.Models is { } models && context.Model.Length > 0 && !Allows(models, context.Model)
            ? new Problem(ProblemCode.ModelNotAllowed, "This key may not use the requested model.", "model")
            : null;
    }

    /// <summary>Exact, or a prefix where the entry ends in an asterisk.</summary>
    private static bool Allows(IReadOnlyList<string> models, string model)
    {
        for (var i = 0; i < models.Count; i++)
        {
            var allowed = models[i];
            if (allowed.EndsWith('*')
                ? model.AsSpan().StartsWith(allowed.AsSpan(0, allowed.Length - 1), StringComparison.Ordinal)
                : string.Equals(allowed, model, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
