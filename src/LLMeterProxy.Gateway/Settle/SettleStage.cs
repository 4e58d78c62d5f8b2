using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Record;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>
/// Stage 7: price → usage record journalled → hold becomes spend, before the terminal bytes go out. Each attempt is resolved
/// exactly once, whichever path ends it: the first call wins, later ones change nothing (A4).
/// </summary>
public sealed class SettleStage(
    IUsageJournal journal,
    Core.Budgets.IBudgetStore budgets,
    RecordBuilder records,
    RecordStage recorded,
    GatewaySettings settings,
    TimeProvider time,
    ILogger<SettleStage> log)
{
    /// <summary>Records the attempt under way. Never throws.</summary>
    /// <returns>False where the record could not be committed in time: the client must not see a complete response.</returns>
    public async ValueTask<bool> CommitAsync(GatewayContext context, RequestOutcome outcome, CancellationToken cancellationToken)
    {
        var attempt = context.Attempt!;
        if (attempt.Resolved)
        {
            return true;
        }

        if (Append(context, attempt, outcome) is not { } ticket)
        {
            return false;
        }

        var durable = journal.WaitDurableAsync(ticket, CancellationToken.None);
        if (durable.IsCompletedSuccessfully)
        {
            return true;
        }

        try
        {
            // The client's leaving does not matter here: the record is made, only its bytes may still be on their way to disk.
            await durable.AsTask().WaitAsync(settings.CommitTimeout, time, CancellationToken.None);
            return true;
        }
#pragma warning disable CA1031 // Any failure of the journal means the same here: not committed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            GatewayLog.CommitFailed(log, context.Id, e);
            return false;
        }
    }

    /// <summary>An upstream refusal that the provider documents as unbilled: a record with cost 0, without waiting.</summary>
    /// <param name="endsHold">False where a further attempt goes on under the same hold.</param>
    public void RecordUnbilled(GatewayContext context, bool endsHold)
    {
        var attempt = context.Attempt!;
        if (attempt.Resolved)
        {
            return;
        }

        var record = records.Build(context, attempt, RequestOutcome.UpstreamError) with
        {
            Source = UsageSource.Unbilled,
            Usage = TokenUsage.None,
            Lines = [],
            Cost = NanoUsd.Zero,
            Billed = NanoUsd.Zero,
            Reason = null,
            Flags = [],
        };
        TryAppend(context, attempt, record, endsHold);
    }

    /// <summary>A free operation: one record, no intent, no hold, no wait.</summary>
    public void RecordFree(GatewayContext context)
    {
        var attempt = context.Attempt!;
        if (attempt.Resolved || attempt.Status == 0)
        {
            return;
        }

        TryAppend(context, attempt, records.BuildFree(context, attempt), endsHold: true);
    }

    /// <summary>It is certain that nothing was sent: the intent is void and the hold ends without spend.</summary>
    public void Void(GatewayContext context)
    {
        var attempt = context.Attempt!;
        if (attempt.Resolved)
        {
            return;
        }

        attempt.Resolved = true;
        if (context.Admission is { IsFree: false } admission)
        {
            journal.AppendVoid(attempt.Id);
            budgets.Release(context.Tenant.Id, context.Id);
            admission.HoldEnded = true;
        }
    }

    /// <summary>
    /// The last line of every call: whatever went wrong on the way, its attempt has a record and its hold has ended (A4).
    /// </summary>
    public async ValueTask EndAsync(GatewayContext context)
    {
        if (context.Admission is not { IsFree: false, HoldEnded: false } admission)
        {
            return;
        }

        if (context.Attempt is { Resolved: false })
        {
            await CommitAsync(context, RequestOutcome.UpstreamError, CancellationToken.None);
        }
        else if (!admission.HoldEnded)
        {
            // A further attempt was due under this hold and could not be opened: nothing of it was sent.
            budgets.Release(context.Tenant.Id, context.Id);
            admission.HoldEnded = true;
        }
    }

    private JournalTicket? Append(GatewayContext context, Attempt attempt, RequestOutcome outcome)
    {
        UsageRecord record;
        try
        {
            record = records.Build(context, attempt, outcome);
        }
#pragma warning disable CA1031 // A record that cannot be built in full is still a record: the minimum is written and flagged (A30).
        catch (Exception e)
#pragma warning restore CA1031
        {
            GatewayLog.RecordDegraded(log, context.Id, e);
            recorded.Gap(context, "record_failed");
            record = RecordBuilder.BuildMinimum(context, attempt, outcome);
        }

        return TryAppend(context, attempt, record, endsHold: true);
    }

    private JournalTicket? TryAppend(GatewayContext context, Attempt attempt, UsageRecord record, bool endsHold)
    {
        try
        {
            var ticket = journal.AppendRecord(record, endsHold);
            attempt.Resolved = true;
            context.Admission!.HoldEnded |= endsHold;
            recorded.Run(context, record);
            return ticket;
        }
#pragma warning disable CA1031 // The caller decides what an unrecorded response means; the intent stays and recovery will charge it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            GatewayLog.CommitFailed(log, context.Id, e);
            recorded.Gap(context, "journal_failed");
            return null;
        }
    }
}
