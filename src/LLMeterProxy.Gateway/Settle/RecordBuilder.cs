using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>Makes the record of an attempt: usage as reported or estimated, priced by the book that was in force at its admission.</summary>
public sealed class RecordBuilder(GatewaySettings settings, ModelStatisticsBook statistics, TimeProvider time)
{
    private readonly UsageEstimator _estimator = new(settings, statistics, time);

    public UsageRecord Build(GatewayContext context, Attempt attempt, RequestOutcome outcome)
    {
        var report = attempt.Collector?.Report() ?? UsageReport.Nothing;
        var estimate = _estimator.Complete(context, attempt, report);
        if (estimate.Source == UsageSource.Reported && outcome is RequestOutcome.Completed)
        {
            Learn(context, report, estimate.Usage);
        }

        var skeleton = Skeleton(context, attempt, outcome);
        var provider = context.Provider!;
        var geo = report.InferenceGeo ?? provider.Settings.Region;
        var billedModel = BilledModel.Find(context.Prices, provider, report.Model, skeleton.ModelRequested, context.PricedModel);
        var cost = Pricer.Price(
            context.Prices,
            billedModel,
            report with { Usage = estimate.Usage, InferenceGeo = geo },
            skeleton.Timings.DispatchInstant(),
            provider.PreferProviderCost);
        if (report.Flags.Contains(UsageFlags.UsageInvalid))
        {
            cost = HoldCharge.AtLeast(cost, skeleton.Hold);
        }

        return skeleton with
        {
            ModelBilled = report.Model,
            Source = estimate.Source,
            Reason = estimate.Reason,
            Usage = estimate.Usage,
            Lines = cost.Lines,
            Cost = cost.Total,
            Billed = cost.Total,
            ProviderCost = report.ProviderCost,
            ServiceTier = report.ServiceTier,
            Speed = report.Speed,
            InferenceGeo = geo,
            Extra = report.Extra,
            ResponseId = report.ResponseId,
            RawUsage = report.RawUsage,
            Flags = Flags(context, attempt, report, cost, billedModel),
        };
    }

    public UsageRecord BuildFree(GatewayContext context, Attempt attempt) =>
        Skeleton(context, attempt, attempt.Status < 400 ? RequestOutcome.Completed : RequestOutcome.UpstreamError) with
        {
            Source = UsageSource.Free,
            Cost = NanoUsd.Zero,
            Billed = NanoUsd.Zero,
        };

    /// <summary>What is written where <see cref="Build"/> failed: the call is known, its figures are charged at the hold.</summary>
    public static UsageRecord BuildMinimum(GatewayContext context, Attempt attempt, RequestOutcome outcome) => new()
    {
        AttemptId = attempt.Id,
        Tenant = context.Tenant.Id,
        KeyId = context.Principal.Key.Id,
        Provider = context.Provider!.Name,
        Operation = context.Match.Route.Operation,
        ModelRequested = context.Facts.Model ?? "",
        Model = context.Model,
        Status = attempt.Status,
        Outcome = outcome,
        Source = UsageSource.Estimated,
        Reason = "degraded",
        Cost = context.Admission!.Hold,
        Billed = context.Admission.Hold,
        Lines = [HoldCharge.Line(context.Admission.Hold)],
        PriceVersion = context.Prices.Version,
        Hold = context.Admission.Hold,
        Budgets = context.Admission.BudgetKeys,
        Flags = [UsageFlags.Degraded],
        Timings = new RequestTimings(context.StartedAt, null, null, 0),
    };

    private UsageRecord Skeleton(GatewayContext context, Attempt attempt, RequestOutcome outcome) => new()
    {
        AttemptId = attempt.Id,
        Tenant = context.Tenant.Id,
        KeyId = context.Principal.Key.Id,
        Provider = context.Provider!.Name,
        Operation = context.Match.Route.Operation,
        ModelRequested = context.Facts.Model ?? "",
        Model = context.Model,
        Stream = context.AsksForStream,
        Status = attempt.Status,
        Outcome = outcome,
        Source = UsageSource.Estimated,
        PriceVersion = context.Prices.Version,
        Hold = context.Admission!.Hold,
        Budgets = context.Admission.BudgetKeys,
        EndUser = context.Facts.EndUser,
        Tags = context.Tags,
        Timings = new RequestTimings(
            context.StartedAt,
            MicrosSince(context, attempt.DispatchedTimestamp),
            attempt.FirstByteTimestamp == 0 ? null : MicrosSince(context, attempt.FirstByteTimestamp),
            MicrosSince(context, time.GetTimestamp())),
    };

    private long MicrosSince(GatewayContext context, long timestamp) =>
        (long)time.GetElapsedTime(context.StartedTimestamp, timestamp).TotalMicroseconds;

    private void Learn(GatewayContext context, UsageReport report, TokenUsage usage) => statistics.Of(context.PricedModel).Learn(
        context.Facts is { HiddenInput: null, Uploads.Count: 0 } ? context.Body?.Length ?? 0 : 0,
        usage.InputTokens,
        report.OutputTextBytes,
        usage.OutputTokens);

    private static List<string> Flags(GatewayContext context, Attempt attempt, UsageReport report, Cost cost, PricedModel? billed)
    {
        if (report.Flags.Count == 0 && cost.Flags.Count == 0 && !attempt.EndedEarly && billed == context.PricedModel
            && !(cost.Total > context.Admission!.Hold) && !context.Admission.IsOutage)
        {
            return _noFlags;
        }

        var flags = new List<string>(report.Flags);
        foreach (var flag in cost.Flags)
        {
            if (!flags.Contains(flag))
            {
                flags.Add(flag);
            }
        }

        if (attempt.EndedEarly)
        {
            flags.Add(UsageFlags.Truncated);
        }

        if (billed is not null && context.PricedModel is not null && billed.Id != context.PricedModel.Id)
        {
            flags.Add(UsageFlags.ModelSubstituted);
        }

        if (cost.Total > context.Admission!.Hold)
        {
            flags.Add(UsageFlags.AboveHold);
        }

        if (context.Admission.IsOutage)
        {
            flags.Add(UsageFlags.Outage);
        }

        return flags;
    }

    private static readonly List<string> _noFlags = [];
}
