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
        var reply = await scripts.ReserveAsync(slot, epoch, call, isCheck, others);
        if (reply.Status == ScriptStatus.Ok)
        {
            return reply;
        }

        var wasOpened = false;
        if (await MayRepeatAsync(reply.Status, slot, epoch))
        {
            wasOpened = reply.Status == ScriptStatus.Absent;
            var second = await scripts.ReserveAsync(slot, epoch, call, isCheck, others);
            // Whatever the second came to, the first may have run.
            reply = second.Status == ScriptStatus.Ok || reply.Status != ScriptStatus.TimedOut ? second : second with { Status = ScriptStatus.TimedOut };
        }

        gate.Judge(reply.Status, slot, wasOpened);
        return reply;
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
