using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The rate state of one scope (a tenant or a key): requests by GCRA with a burst of a sixth of the limit, tokens by a
/// bucket of one minute's tokens that may go negative, concurrency by live holds. <see cref="Check"/> changes nothing that
/// a refused call could prolong (A20); only <see cref="Enter"/> consumes.
/// </summary>
internal sealed class RateGate
{
    /// <summary>
    /// Instants come from requests, so they arrive slightly out of order, and a retried call brings its first instant
    /// again: up to this much, an older instant is read as now. Further back means that the wall clock was stepped.
    /// </summary>
    public const long ToleratedLateness = 60_000_000;

    private Pace _requests;
    private Pace _tokens;
    private long _latest;

    /// <summary>Live holds.</summary>
    public long Live { get; private set; }

    /// <summary>UTC; when the gate was last used.</summary>
    public DateTimeOffset LatestUse => DateTimeOffset.UnixEpoch.AddTicks(_latest * TimeSpan.TicksPerMicrosecond);

    /// <summary>The numbers that another carrier of the same gate would have, in microseconds since 1970.</summary>
    internal (long RequestsPaidBackAt, long TokensPaidBackAt, long Latest) State => (_requests.PaidBackAt, _tokens.PaidBackAt, _latest);

    /// <summary>Would this call pass? Null where it would, else the refusal.</summary>
    public ReserveResult? Check(AppliedLimit applied, DateTimeOffset at, long estimatedTokens)
    {
        var limits = applied.Limits;
        var now = Now(at);
        if (limits.RequestsPerMinute is { } requests)
        {
            var wait = requests <= 0 ? RateRefusal.Never : _requests.WaitForBurst(now, requests);
            if (wait > 0)
            {
                return RateRefusal.Of(ReserveOutcome.RequestRate, applied, wait);
            }
        }

        if (limits.TokensPerMinute is { } tokens)
        {
            // A call of no tokens still needs a bucket that owes nothing: "negative, then refuses".
            var needed = Math.Max(1, estimatedTokens);
            var wait = tokens <= 0 || needed > tokens ? RateRefusal.Never : _tokens.WaitForMinute(now, needed, tokens);
            if (wait > 0)
            {
                return RateRefusal.Of(ReserveOutcome.TokenRate, applied, wait);
            }
        }

        if (limits.Concurrent is { } concurrent && Live >= concurrent)
        {
            return RateRefusal.Of(ReserveOutcome.Concurrency, applied, 0);
        }

        return null;
    }

    /// <summary>Consumes what <see cref="Check"/> allowed.</summary>
    public void Enter(RateLimits limits, DateTimeOffset at, long estimatedTokens)
    {
        var now = Now(at);
        _latest = now;
        Live++;
        if (limits.RequestsPerMinute is { } requests and > 0)
        {
            _requests.Take(now, 1, requests);
        }

        Debit(limits, now, estimatedTokens);
    }

    /// <summary>Takes the tokens that a settlement adds to the estimate; negative gives back.</summary>
    public void Correct(RateLimits limits, DateTimeOffset at, long tokens)
    {
        var now = Now(at);
        _latest = now;
        Debit(limits, now, tokens);
    }

    /// <summary>Gives back the tokens of a call that was not sent, without the clock.</summary>
    public void GiveBack(RateLimits limits, long tokens) => Debit(limits, _latest, -tokens);

    /// <summary>Gives back the request itself, of a call that another slot refused: refusals consume nothing (A20).</summary>
    public void GiveBackRequest(RateLimits limits)
    {
        if (limits.RequestsPerMinute is { } requests and > 0)
        {
            _requests.Take(_latest, -1, requests);
        }
    }

    /// <summary>A hold that was lost with its gate came back: it counts as live, and its tokens are debited by its settlement.</summary>
    public void Rejoin() => Live++;

    /// <summary>A hold ended.</summary>
    public void Leave() => Live--;

    private void Debit(RateLimits limits, long now, long tokens)
    {
        if (tokens != 0 && limits.TokensPerMinute is { } perMinute and > 0)
        {
            _tokens.Take(now, tokens, perMinute);
        }
    }

    private long Now(DateTimeOffset at)
    {
        var now = Instants.Microseconds(at);
        if (now >= _latest)
        {
            return now;
        }

        if (_latest - now <= ToleratedLateness)
        {
            return _latest;
        }

        // Without the shift a clock stepped back by an hour would refuse for an hour (T113).
        _requests.Shift(now - _latest);
        _tokens.Shift(now - _latest);
        _latest = now;
        return now;
    }
}
