using System.Globalization;
using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>The counters as Redis has them, read without the product's scripts.</summary>
/// <param name="SpentByBudget">Nano-USD over all windows, by budget id.</param>
/// <param name="Held">What is not zero of holds and their counters, each as text.</param>
internal sealed record RedisCounters(IReadOnlyDictionary<string, long> SpentByBudget, IReadOnlyList<string> Held)
{
    public static RedisCounters Read(RedisServer redis)
    {
        var spent = new Dictionary<string, long>();
        var held = new List<string>();
        foreach (var key in ((List<object?>)redis.Command("KEYS", "llmeter:{*}:*")!).Cast<string>())
        {
            var hash = ((List<object?>)redis.Command("HGETALL", key)!).Cast<string>().ToList();
            for (var i = 0; i < hash.Count; i += 2)
            {
                var (field, value) = (hash[i], hash[i + 1]);
                var parts = field.Split('|');
                if (key.EndsWith(":holds", StringComparison.Ordinal))
                {
                    held.Add($"{key} {field}");
                }
                else if (parts[0] == "s")
                {
                    spent[parts[1]] = spent.GetValueOrDefault(parts[1]) + long.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                }
                else if (parts[0] is "h" or "n" && value != "0")
                {
                    held.Add($"{key} {field} = {value}");
                }
            }
        }

        return new RedisCounters(spent, held);
    }
}
