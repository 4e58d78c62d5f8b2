using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Writes the arguments of Scripts/settle.lua and reads its answer.</summary>
internal static class SettleReplies
{
    private const int FirstEffect = 2;
    private const int EffectLength = 4;

    public static RedisValue[] Arguments(string slot, IReadOnlyList<Settlement> settlements)
    {
        var values = new List<RedisValue>(3 + (13 * settlements.Count)) { RedisValue.Null, RedisValue.Null, settlements.Count };
        for (var i = 0; i < settlements.Count; i++)
        {
            Write(values, slot, settlements[i]);
        }

        return [.. values];
    }

    public static SettleReply Parse(in ScriptReply reply, string slot, int count)
    {
        if (!reply.IsOk)
        {
            return new SettleReply(reply.Status, [], [], reply.Detail);
        }

        var effects = new SettleReply.Effect[count];
        for (var i = 0; i < count; i++)
        {
            var at = FirstEffect + (EffectLength * i);
            effects[i] = new SettleReply.Effect(reply.IsSet(at), new NanoUsd(reply.Number(at + 1)), reply.IsSet(at + 2), CallSlots.Split(reply.Text(at + 3)));
        }

        return new SettleReply(ScriptStatus.Ok, effects, BudgetScriptClient.Balances(reply, FirstEffect + (EffectLength * count), slot), null);
    }

    private static void Write(List<RedisValue> values, string slot, Settlement settlement)
    {
        values.Add(CallArguments.Stream(settlement.Tenant, settlement.Incarnation));
        values.Add(CallArguments.Text(settlement.Sequence));
        values.Add(settlement.ReservationId.ToString());
        values.Add(settlement.EndsHold ? 1 : 0);
        values.Add(CallArguments.Text(settlement.Attempt));
        values.Add(CallArguments.Text(settlement.Cost.Value));
        values.Add(CallArguments.Text(settlement.Tokens));
        values.Add(CallArguments.Text(Instants.Microseconds(settlement.At)));
        var count = values.Count;
        values.Add(0);
        var within = 0;
        for (var i = 0; i < settlement.Budgets.Count; i++)
        {
            if (string.Equals(settlement.Budgets[i].Slot, slot))
            {
                values.Add(CallArguments.Field(settlement.Budgets[i]));
                values.Add(CallArguments.End(settlement.Budgets[i]));
                within++;
            }
        }

        values[count] = within;
    }
}
