using LLMeterProxy.Storage.Budgets.Redis;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

internal static partial class CoordinationLog
{
    [LoggerMessage(2200, LogLevel.Warning, "The budget store is in doubt ({Doubt}, {Detail}): nothing is admitted until it is verified")]
    public static partial void Doubted(ILogger log, EpochDoubt doubt, string detail);

    [LoggerMessage(2201, LogLevel.Warning, "The budget store cannot be verified yet: {Problem}")]
    public static partial void NotVerified(ILogger log, string problem);

    [LoggerMessage(2202, LogLevel.Information, "The budget store is verified in epoch {Epoch}")]
    public static partial void Verified(ILogger log, long epoch);

    [LoggerMessage(2203, LogLevel.Warning, "The budget store is not that of epoch {Epoch}, or has lost data: its counters are set anew from the ledger")]
    public static partial void Rebuilding(ILogger log, long epoch);

    [LoggerMessage(2204, LogLevel.Information, "Counters of {Slots} tenants are set from the ledger in epoch {Epoch}, in {Milliseconds} ms")]
    public static partial void Rebuilt(ILogger log, int slots, long epoch, long milliseconds);

    [LoggerMessage(2205, LogLevel.Information, "Epoch {Epoch} is open: hard caps are enforced")]
    public static partial void Opened(ILogger log, long epoch);

    [LoggerMessage(2206, LogLevel.Warning, "Incarnation {Incarnation} is dead: {Holds} calls that it had under way are charged at their holds")]
    public static partial void Expired(ILogger log, string incarnation, int holds);

    [LoggerMessage(2207, LogLevel.Warning, "This node was declared dead while it stood still; it goes on as {Incarnation}")]
    public static partial void Renewed(ILogger log, string incarnation);

    [LoggerMessage(2208, LogLevel.Warning, "The clock of this node is {Milliseconds} ms off the budget store's; instants of calls are corrected by it")]
    public static partial void ClockOff(ILogger log, long milliseconds);

    [LoggerMessage(2209, LogLevel.Error, "The hold of call {Call} cannot be read and stays held")]
    public static partial void UnreadableHold(ILogger log, string call, Exception exception);
}
