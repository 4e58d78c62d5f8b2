using LLMeterProxy.Core.Ledger;
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
            var rates = context.PricedModel?.At(attempt.DispatchedAt)?.Rates;
            journal.AppendIntent(new UsageIntent
            {
                AttemptId = attempt.Id,
                Tenant = context.Tenant.Id,
                KeyId = context.Principal.Key.Id,
                Provider = context.Provider!.Name,
                Operation = context.Match.Route.Operation,
                ModelRequested = context.Facts.Model ?? "",
                Model = context.Model,
                Stream = context.AsksForStream,
                Hold = admission.Hold,
                Strict = admission.Strict,
                InputTokensBound = admission.InputTokensBound,
                InputPrice = rates?.GetValueOrDefault(Core.Usage.UnitNames.InputToken),
                OutputPrice = rates?.GetValueOrDefault(Core.Usage.UnitNames.OutputToken),
                Budgets = admission.BudgetKeys,
                PriceVersion = context.Prices.Version,
                EndUser = context.Facts.EndUser,
                Tags = context.Tags,
                DispatchedAt = attempt.DispatchedAt,
            });
        }

        context.Attempt = attempt;
        return attempt;
    }
}
