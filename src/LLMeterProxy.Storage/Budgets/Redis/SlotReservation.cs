using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Reserves on one slot, with the one repetition that each kind of answer allows.</summary>
internal sealed class SlotReservation(BudgetScriptClient scripts, BudgetEpoch gate, SlotOpening opening, Func<Task> measureClock)
{
    /// <param name="isCheck">Decides without holding.</param>
    /// <returns>
    /// The status is Ok, or the answer is unverifiable; then after <see cref="ScriptStatus.TimedOut"/> and
    /// <see cref="ScriptStatus.Disconnected"/> a hold may exist.
    /// </returns>
    public async ValueTask<ReserveReply> ReserveAsync(
        string slot, long epoch, Reservation call, bool isCheck, string others)
    {
        var (repeated, mayHold) = (0, false);
        while (true)
        {
            var reply = await scripts.ReserveAsync(slot, epoch, call, isCheck, others);
            mayHold |= reply.Status == ScriptStatus.TimedOut;
            var kind = 1 << (int)reply.Status;
            if (reply.Status != ScriptStatus.Ok && (repeated & kind) == 0 && await MayRepeatAsync(reply.Status, slot, epoch))
            {
                repeated |= kind;
                continue;
            }

            gate.Judge(reply.Status, slot, wasOpened: (repeated & (1 << (int)ScriptStatus.Absent)) != 0);

            // Whatever the last one came to, an earlier one may have run.
            return reply.Status == ScriptStatus.Ok || !mayHold ? reply : reply with { Status = ScriptStatus.TimedOut };
        }
    }

    private async ValueTask<bool> MayRepeatAsync(ScriptStatus status, string slot, long epoch)
    {
        switch (status)
        {
            case ScriptStatus.TimedOut:
                return true; // The same id again holds once (T105).
            case ScriptStatus.Absent:
                return await opening.TryAsync(slot, epoch);
            case ScriptStatus.Clock:
                await measureClock();
                return true;
            default:
                return false;
        }
    }
}
