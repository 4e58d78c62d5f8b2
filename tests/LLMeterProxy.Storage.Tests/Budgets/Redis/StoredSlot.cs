using System.Globalization;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>The state of a slot in one form, whoever keeps it: what is nothing is left out, and holds are named by what can be seen of them.</summary>
internal sealed record StoredSlot(IReadOnlyDictionary<string, string> Fields, IReadOnlyCollection<string> Holds)
{
    public static StoredSlot Of(BudgetSlot slot)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["epoch"] = Text(slot.Epoch) };
        foreach (var (key, counter) in slot.Counters)
        {
            var field = $"{key.BudgetId}|{key.WindowId}";
            fields["s|" + field] = Text(counter.Spent);
            fields["h|" + field] = Text(counter.Held);
            fields["n|" + field] = Text(counter.Holds);
            fields["e|" + field] = Text(counter.WindowEnd.ToUnixTimeMilliseconds());
        }

        foreach (var (scope, gate) in slot.Gates)
        {
            var (requests, tokens, latest) = gate.State;
            fields[$"g|{scope}|r"] = Text(requests);
            fields[$"g|{scope}|t"] = Text(tokens);
            fields[$"g|{scope}|l"] = Text(latest);
            fields[$"g|{scope}|n"] = Text(gate.Live);
        }

        foreach (var (stream, sequence) in slot.Watermarks)
        {
            fields[$"w|{stream.Tenant}|{stream.Incarnation}"] = Text(sequence);
        }

        foreach (var incarnation in slot.Fenced)
        {
            fields["f|" + incarnation] = "1";
        }

        fields["op"] = Text(slot.Operations);
        return new StoredSlot(WithoutZeros(fields), [.. slot.Holds.Keys.Select(id => id.ToString()).Order(StringComparer.Ordinal)]);
    }

    public static StoredSlot Read(RedisServer server, string state, string holds)
    {
        var flat = ((List<object?>)server.Command("HGETALL", state)!).Cast<string>().ToList();
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < flat.Count; i += 2)
        {
            fields[flat[i]] = flat[i + 1];
        }

        var names = ((List<object?>)server.Command("HKEYS", holds)!).Cast<string>();
        return new StoredSlot(WithoutZeros(fields), [.. names.Order(StringComparer.Ordinal)]);
    }

    private static SortedDictionary<string, string> WithoutZeros(SortedDictionary<string, string> fields)
    {
        foreach (var name in fields.Where(f => string.Equals(f.Value, "0", StringComparison.Ordinal)).Select(f => f.Key).ToList())
        {
            fields.Remove(name);
        }

        return fields;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
