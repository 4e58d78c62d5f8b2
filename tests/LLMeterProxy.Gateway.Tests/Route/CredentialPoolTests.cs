using LLMeterProxy.Gateway.Route;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Gateway.Tests.Route;

/// <summary>Credentials in turn; marks are advice that never leaves a pool without one.</summary>
public sealed class CredentialPoolTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_empty_pool_has_none_and_a_single_one_is_always_taken()
    {
        Assert.Null(Pool(0).Next());
        var single = Pool(1);
        var only = single.Next()!;
        single.MarkRefused(only);
        Assert.Same(only, single.Next());
        Assert.Null(single.NextHealthy(only));
    }

    [Fact]
    public void Healthy_ones_take_turns()
    {
        var pool = Pool(3);
        var taken = Enumerable.Range(0, 9).Select(_ => pool.Next()!).ToList();
        Assert.Equal(3, taken.Distinct().Count());
        Assert.All(taken.GroupBy(c => c), g => Assert.Equal(3, g.Count()));
    }

    [Fact]
    public void A_refused_one_rests_for_five_minutes()
    {
        var pool = Pool(3);
        var refused = pool.Next()!;
        pool.MarkRefused(refused);
        Assert.DoesNotContain(refused, Enumerable.Range(0, 12).Select(_ => pool.Next()));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains(refused, Enumerable.Range(0, 12).Select(_ => pool.Next()));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(null, 10)]
    [InlineData(86_400, 10)]
    public void A_limited_one_rests_as_long_as_the_provider_says_within_reason(int? retryAfter, int rest)
    {
        var pool = Pool(2);
        var limited = pool.Next()!;
        pool.MarkLimited(limited, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        _time.Advance(TimeSpan.FromSeconds(rest - 1));
        Assert.DoesNotContain(limited, Enumerable.Range(0, 8).Select(_ => pool.Next()));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(limited, Enumerable.Range(0, 8).Select(_ => pool.Next()));
    }

    [Fact]
    public void The_last_healthy_one_is_never_rested()
    {
        var pool = Pool(2);
        var first = pool.Next()!;
        var second = pool.NextHealthy(first)!;
        pool.MarkRefused(first);
        pool.MarkRefused(second);
        Assert.All(Enumerable.Range(0, 8), _ => Assert.Same(second, pool.Next()));
    }

    [Fact]
    public void Its_text_is_never_the_secret() => Assert.DoesNotContain("secret", Pool(1).Next()!.ToString(), StringComparison.Ordinal);

    private CredentialPool Pool(int count) => new(Enumerable.Range(0, count).Select(i => $"secret-{i}"), _time);
}
