using LLMeterProxy.Core.Tenancy;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Core.Tests.Tenancy;

public sealed class EntityIdsTests
{
    [Fact]
    public void Ids_say_what_they_name_and_sort_by_age()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var ids = new EntityIds(time);
        var keys = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            keys.Add(ids.NextKey());
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(keys, k => Assert.Matches("^key_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$", k));
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.StartsWith("bud_", ids.NextBudget(), StringComparison.Ordinal);
        Assert.NotEqual(ids.NextBudget(), ids.NextBudget());
    }
}
