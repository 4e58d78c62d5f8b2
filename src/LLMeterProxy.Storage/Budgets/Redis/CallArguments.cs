using System.Globalization;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Writes what the scripts read: see Scripts/prelude.lua.</summary>
internal static class CallArguments
{
    /// <summary>A counter's name in the fields of its slot.</summary>
    public static string Field(BudgetWindowKey key) => key.BudgetId + "|" + key.WindowId;

    /// <summary>A settlement stream's name in the fields of a slot.</summary>
    public static string Stream(string tenant, string incarnation) => tenant + "|" + incarnation;

    /// <summary>An integer as text: what HINCRBY takes, and no double on the way.</summary>
    public static RedisValue Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An upper bound of a counter's window, in milliseconds since 1970.</summary>
    public static RedisValue End(BudgetWindowKey key) => Text(Instants.Milliseconds(key.LatestEnd));

    /// <summary>How many arguments a call has for one slot.</summary>
    public static int Count(Reservation call, string slot) => 11 + (5 * Budgets(call, slot)) + (4 * Limits(call, slot));

    /// <param name="others">The other slots of the call, joined by commas.</param>
    /// <returns>The index after the last one written.</returns>
    public static int Write(RedisValue[] target, int at, Reservation call, string slot, string others, int attempt)
    {
        target[at++] = call.Id.ToString();
        target[at++] = call.Tenant;
        target[at++] = call.Incarnation;
        target[at++] = Text(call.Amount.Value);
        target[at++] = Text(call.EstimatedTokens);
        target[at++] = Text(Instants.Microseconds(call.At));
        target[at++] = Text(attempt);
        target[at++] = others;
        // The hold at the tenant alone is charged, so that only that one needs to say what the call was.
        target[at++] = string.Equals(call.Tenant, slot) ? call.Intent : RedisValue.EmptyString;
        target[at++] = Budgets(call, slot);
        for (var i = 0; i < call.Budgets.Count; i++)
        {
            if (string.Equals(call.Budgets[i].Slot, slot))
            {
                at = Write(target, at, call.Budgets[i]);
            }
        }

        target[at++] = Limits(call, slot);
        for (var i = 0; i < call.Limits.Count; i++)
        {
            if (string.Equals(call.Limits[i].Slot, slot))
            {
                at = Write(target, at, call.Limits[i].Scope, call.Limits[i].Limits);
            }
        }

        return at;
    }

    private static int Write(RedisValue[] target, int at, AppliedBudget applied)
    {
        target[at++] = Field(applied.Key);
        target[at++] = Text(Instants.Milliseconds(applied.Window.Start));
        target[at++] = Text(Instants.Milliseconds(applied.Window.End));
        target[at++] = Text(applied.Budget.Limit.Value);
        target[at++] = applied.Budget.Mode switch
        {
            BudgetMode.Hard => "hard",
            BudgetMode.Soft => "soft",
            _ => "shadow",
        };
        return at;
    }

    private static int Write(RedisValue[] target, int at, string scope, RateLimits limits)
    {
        target[at++] = scope;
        target[at++] = Optional(limits.RequestsPerMinute);
        target[at++] = Optional(limits.TokensPerMinute);
        target[at++] = Optional(limits.Concurrent);
        return at;
    }

    private static RedisValue Optional(long? limit) => limit is { } number ? Text(number) : RedisValue.EmptyString;

    private static int Budgets(Reservation call, string slot)
    {
        var count = 0;
        for (var i = 0; i < call.Budgets.Count; i++)
        {
            count += string.Equals(call.Budgets[i].Slot, slot) ? 1 : 0;
        }

        return count;
    }

    private static int Limits(Reservation call, string slot)
    {
        var count = 0;
        for (var i = 0; i < call.Limits.Count; i++)
        {
            count += string.Equals(call.Limits[i].Slot, slot) ? 1 : 0;
        }

        return count;
    }
}
