using System.IO.Hashing;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// Stage 4: model policy → rate limits → reserve → intent. A refusal touches neither the journal nor the upstream; after it
/// nothing is held.
/// </summary>
public sealed class AdmitStage
{
    private const int MaxClamps = 3;

    private static readonly Problem JournalRefuses = new(
        ProblemCode.BudgetUnverifiable,
        "Usage cannot be recorded at the moment, so the call is not forwarded. Retry shortly.",
        RetryAfter: TimeSpan.FromSeconds(5));

    private readonly IBudgetStore _budgets;
    private readonly BudgetResolver _resolver;
    private readonly ITenancySnapshotSource _tenancy;
    private readonly IUsageJournal _journal;
    private readonly AttemptOpener _attempts;
    private readonly HoldEstimator _holds;
    private readonly IdempotencyKeys _idempotency;
    private readonly OutageAllowance _outage;

    public AdmitStage(
        IBudgetStore budgets,
        BudgetResolver resolver,
        ITenancySnapshotSource tenancy,
        IUsageJournal journal,
        AttemptOpener attempts,
        GatewaySettings settings,
        ModelStatisticsBook statistics,
        IdempotencyKeys idempotency,
        OutageAllowance outage)
    {
        _budgets = budgets;
        _resolver = resolver;
        _tenancy = tenancy;
        _journal = journal;
        _attempts = attempts;
        _holds = new HoldEstimator(settings, statistics);
        _idempotency = idempotency;
        _outage = outage;
    }

    public async ValueTask<Problem?> RunAsync(GatewayContext context)
    {
        if (ModelPolicy.Check(context) is { } forbidden)
        {
            return forbidden;
        }

        if (!context.IsMetered)
        {
            context.Admission = new Admission { IsFree = true, UpstreamBody = context.Body?.Memory ?? default };
            _attempts.Open(context, 1);
            return null;
        }

        var resolved = _resolver.Resolve(
            _tenancy.Current, context.Tenant.Id, context.Principal.Key.Id, context.Model, context.Tags, context.StartedAt);
        if (CheckPriced(context, resolved) is { } unpriced)
        {
            return unpriced;
        }

        if (_holds.Estimate(context, resolved.Strict, out var hold) is { } unbounded)
        {
            return unbounded;
        }

        if (ClaimIdempotencyKey(context) is { } repeated)
        {
            return repeated;
        }

        var reservation = Reservation(context, resolved, hold);
        var result = await _budgets.ReserveAsync(reservation, context.Http.RequestAborted);
        long? clamp = null;
        for (var i = 0; i < MaxClamps && !result.IsGranted && TryClamp(result, ref hold, ref clamp); i++)
        {
            reservation = Reservation(context, resolved, hold);
            result = await _budgets.ReserveAsync(reservation, context.Http.RequestAborted);
        }

        if (result.Outcome == ReserveOutcome.Unverifiable)
        {
            return _outage.TryTake(context.Tenant, resolved, hold.Amount)
                ? OpenAttempt(context, resolved, hold, clamp, isOutage: true)
                : Refusals.Of(result, hold);
        }

        _outage.End(context.Tenant.Id);
        return result.IsGranted ? OpenAttempt(context, resolved, hold, clamp, isOutage: false) : Refusals.Of(result, hold);
    }

    private Problem? OpenAttempt(GatewayContext context, ResolvedBudgets resolved, in HoldEstimate hold, long? clamp, bool isOutage)
    {
        context.Admission = new Admission
        {
            Hold = hold.Amount,
            Strict = resolved.Strict,
            Budgets = resolved.Budgets,
            BudgetKeys = resolved.Keys,
            InputTokensBound = hold.Input.InputTokens,
            IsOutage = isOutage,
            UpstreamBody = Edit(context, clamp),
        };
        try
        {
            _attempts.Open(context, 1);
            return null;
        }
        catch (JournalUnavailableException)
        {
            context.Admission = null;
            _budgets.Release(context.Tenant.Id, context.Id);
            return JournalRefuses;
        }
    }

    /// <summary>The two documented edits: asking for the usage chunk, and a clamped output limit. Else the client's own bytes.</summary>
    private static ReadOnlyMemory<byte> Edit(GatewayContext context, long? clamp)
    {
        var body = context.Body?.Memory ?? default;
        var usage = context.Facts.UsageSplice;
        if (clamp is not { } limit)
        {
            return usage is { } only ? BodyEdits.Apply(body.Span, only) : body;
        }

        var limits = BodyEdits.Clamp(context.Facts, body.Span, limit);
        return BodyEdits.Apply(body.Span, usage is { } asked ? [asked, .. limits] : [.. limits]);
    }

    private static Problem? CheckPriced(GatewayContext context, ResolvedBudgets resolved)
    {
        if (context.PricedModel?.At(context.StartedAt) is not null)
        {
            return null;
        }

        var refuse = context.Tenant.UnpricedPolicy switch
        {
            UnpricedPolicy.Allow => false,
            UnpricedPolicy.Refuse => true,
            _ => resolved.HasHardCap,
        };
        return refuse
            ? new Problem(ProblemCode.ModelNotPriced, "The requested model has no price in this gateway, and a spend cap applies.", "model")
            : null;
    }

    private Problem? ClaimIdempotencyKey(GatewayContext context)
    {
        var header = context.Http.Request.Headers["idempotency-key"];
        if (header.Count == 0 || context.Body is not { } body)
        {
            return null;
        }

        var hash = XxHash3.HashToUInt64(body.Memory.Span);
        var problem = _idempotency.Claim(context.Principal.Key.Id, header.ToString(), hash, out var claim);
        if (claim is not null)
        {
            context.Http.Response.RegisterForDispose(claim);
        }

        return problem;
    }

    private Reservation Reservation(GatewayContext context, ResolvedBudgets resolved, in HoldEstimate hold) => new()
    {
        Id = context.Id,
        Tenant = context.Tenant.Id,
        Amount = hold.Amount,
        Budgets = resolved.Budgets,
        Limits = resolved.Limits,
        EstimatedTokens = (context.Body?.Length ?? 0) / 4,
        At = context.StartedAt,
        Incarnation = _journal.Incarnation,
        Intent = _budgets.IsShared ? Intent(context, resolved, hold) : default,
    };

    private static ReadOnlyMemory<byte> Intent(GatewayContext context, ResolvedBudgets resolved, in HoldEstimate hold) =>
        UsageIntentCodec.Write(AttemptOpener.Intent(
            context, context.Id.Attempt(1), context.StartedAt, hold.Amount, resolved.Strict, hold.Input.InputTokens, resolved.Keys)).ToArray();

    /// <summary>Lowers the output limit to what the refusing budget can afford, where that budget says so (A8).</summary>
    private static bool TryClamp(in ReserveResult result, ref HoldEstimate hold, ref long? clamp)
    {
        if (result.Budget is not { Budget.WhenShort: WhenShort.Clamp } applied
            || result.Outcome is not (ReserveOutcome.TooBig or ReserveOutcome.Exhausted or ReserveOutcome.InFlight))
        {
            return false;
        }

        var room = applied.Budget.Limit - result.Spent - result.Held;
        var fits = hold.LargestOutput(room);
        if (fits <= 0 || fits >= hold.Input.OutputTokens)
        {
            return false;
        }

        hold = hold.WithOutput(fits);
        clamp = fits;
        return true;
    }
}
