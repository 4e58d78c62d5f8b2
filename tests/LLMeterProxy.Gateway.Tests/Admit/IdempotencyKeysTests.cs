using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Admit;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Gateway.Tests.Admit;

/// <summary>One run at a time and one body for an Idempotency-Key, for a day (E-IDEM).</summary>
public sealed class IdempotencyKeysTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IdempotencyKeys _keys;

    public IdempotencyKeysTests() => _keys = new IdempotencyKeys(_time);

    [Fact]
    public void A_second_call_waits_for_the_first_and_then_may_run()
    {
        Assert.Null(Claim("k", "a", 1, out var first));
        Assert.Equal(ProblemCode.IdempotencyInProgress, Claim("k", "a", 1, out _)?.Code);
        first!.Dispose();
        Assert.Null(Claim("k", "a", 1, out _));
    }

    [Fact]
    public void Another_body_is_refused_whether_the_first_runs_or_has_ended()
    {
        Assert.Null(Claim("k", "a", 1, out var first));
        Assert.Equal(ProblemCode.IdempotencyKeyReuse, Claim("k", "a", 2, out _)?.Code);
        first!.Dispose();
        Assert.Equal(ProblemCode.IdempotencyKeyReuse, Claim("k", "a", 2, out _)?.Code);
    }

    [Fact]
    public void Keys_of_other_tenants_are_other_keys()
    {
        Assert.Null(Claim("k1", "a", 1, out _));
        Assert.Null(Claim("k2", "a", 2, out _));
    }

    [Fact]
    public void A_key_is_forgotten_after_a_day()
    {
        Assert.Null(Claim("k", "a", 1, out var first));
        first!.Dispose();
        _time.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(Claim("k", "a", 2, out _));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(Claim("k", "a", 2, out _));
    }

    [Fact]
    public void A_key_has_a_bounded_length()
    {
        Assert.Null(Claim("k", new string('a', 255), 1, out _));
        Assert.Equal(ProblemCode.InvalidValue, Claim("k", new string('a', 256), 1, out _)?.Code);
    }

    [Fact]
    public void A_flood_of_keys_never_lets_a_running_one_be_claimed_again()
    {
        Assert.Null(Claim("k", "running", 1, out _));
        for (var i = 0; i < 120_000; i++)
        {
            Claim("k", $"flood-{i}", 1, out var claim);
            claim!.Dispose();
        }

        Assert.Equal(ProblemCode.IdempotencyInProgress, Claim("k", "running", 1, out _)?.Code);
    }

    [Fact]
    public void Of_many_claims_at_once_one_is_granted()
    {
        var granted = 0;
        Parallel.For(0, 64, _ => Interlocked.Add(ref granted, Claim("k", "a", 1, out IDisposable? _) is null ? 1 : 0));
        Assert.Equal(1, granted);
    }

    private Problem? Claim(string key, string idempotencyKey, ulong hash, out IDisposable? claim) => _keys.Claim(key, idempotencyKey, hash, out claim);
}
