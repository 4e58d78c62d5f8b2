namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>What a status says about the epoch, for everyone who calls a script.</summary>
internal static class EpochJudgement
{
    /// <summary>Doubts the epoch where the status is a reason to.</summary>
    /// <param name="wasOpened">The slot was just opened, so that it cannot be new.</param>
    public static void Judge(this BudgetEpoch epoch, ScriptStatus status, string slot, bool wasOpened = false)
    {
        EpochDoubt? doubt = status switch
        {
            ScriptStatus.Epoch => EpochDoubt.EpochChanged,
            ScriptStatus.Regressed => EpochDoubt.Regressed,
            ScriptStatus.Fenced => EpochDoubt.Fenced,
            ScriptStatus.NoScript => EpochDoubt.ScriptsMissing,
            ScriptStatus.Disconnected or ScriptStatus.ReadOnly => EpochDoubt.Connection,
            ScriptStatus.Absent when wasOpened => EpochDoubt.SlotLost,
            _ => null,
        };
        if (doubt is { } reason)
        {
            epoch.Doubt(reason, $"{slot}: {status}");
        }
    }
}
