using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Gateway.Forward;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>Journals the intent of an attempt: what was not journalled is not dispatched (I1).</summary>
public sealed class AttemptOpener(IUsageJournal journal, TimeProvider time)
{
    /// <exception cref="JournalUnavailableException">The journal cannot take the intent.</exception>
    public Attempt Open(GatewayContext context, int number)
    {
        var admission = context.Admission!;
        var attempt = new Attempt(context.Id.Attempt(number), time.GetUtcNow(), time.GetTimestamp());
        if (!admission.IsFree)
        {
            journal.AppendIntent(Intent(
                context, attempt.Id, attempt.DispatchedAt, admission.Hold, admission.Strict, admission.InputTokensBound, admission.BudgetKeys));
        }

        context.Attempt = attempt;
        return attempt;
    }

    /// <summary>What is known of an attempt before it is dispatched.</summary>
    internal static UsageIntent Intent(
        GatewayContext context,
        RequestId attemptId,
        DateTimeOffset dispatchedAt,
        NanoUsd hold,
        bool strict,
        long inputTokensBound,
        IReadOnlyList<BudgetWindowKey> budgets)
    {
        var rates = context.PricedModel?.At(dispatchedAt)?.Rates;
        return new UsageIntent
        {
            AttemptId = attemptId,
            Tenant = context.Tenant.Id,
            KeyId = context.Principal.Key.Id,
            Provider = context.Provider!.Name,
            Operation = context.Match.Route.Operation,
            ModelRequested = context.Facts.Model ?? "",
            Model = context.Model,
            Stream = context.AsksForStream,
            Hold = hold,
            Strict = strict,
            InputTokensBound = inputTokensBound,
            InputPrice = rates?.GetValueOrDefault(Core.Usage.UnitNames.InputToken),
            OutputPrice = rates?.GetValueOrDefault(Core.Usage.UnitNames.OutputToken),
            Budgets = budgets,
            PriceVersion = context.Prices.Version,
            EndUser = context.Facts.EndUser,
            Tags = context.Tags,
            DispatchedAt = dispatchedAt,
        };
    }
}
