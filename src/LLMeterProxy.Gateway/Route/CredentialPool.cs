namespace LLMeterProxy.Gateway.Route;

/// <summary>
/// The credentials of one provider, used in turn. One that was refused or limited rests, but only while another of the pool
/// is healthy: with none left the next in turn is tried and the upstream's own answer passes through.
/// </summary>
public sealed class CredentialPool
{
    private static readonly TimeSpan RefusedRest = TimeSpan.FromMinutes(5);

    private readonly UpstreamCredential[] _credentials;
    private readonly TimeProvider _time;
    private int _turn = -1;

    public CredentialPool(IEnumerable<string> secrets, TimeProvider time)
    {
        _credentials = [.. secrets.Select(s => new UpstreamCredential(s))];
        _time = time;
    }

    public int Count => _credentials.Length;

    /// <summary>The next healthy credential, else the next in turn; null where the provider has none.</summary>
    public UpstreamCredential? Next()
    {
        if (_credentials.Length <= 1)
        {
            return _credentials.Length == 0 ? null : _credentials[0];
        }

        return NextHealthy(null) ?? _credentials[(uint)Interlocked.Increment(ref _turn) % (uint)_credentials.Length];
    }

    /// <summary>A healthy credential other than <paramref name="than"/>; null where there is none.</summary>
    public UpstreamCredential? NextHealthy(UpstreamCredential? than)
    {
        var now = _time.GetTimestamp();
        var start = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0u; i < _credentials.Length; i++)
        {
            var candidate = _credentials[(start + i) % (uint)_credentials.Length];
            if (candidate != than && candidate.IsRested(now))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The upstream refused the credential itself (401, 403).</summary>
    public void MarkRefused(UpstreamCredential credential) => Rest(credential, RefusedRest);

    /// <summary>The upstream limited the credential (429).</summary>
    public void MarkLimited(UpstreamCredential credential, TimeSpan? retryAfter) =>
        Rest(credential, retryAfter is { } wait && wait < TimeSpan.FromMinutes(10) ? wait : TimeSpan.FromSeconds(10));

    private void Rest(UpstreamCredential credential, TimeSpan duration)
    {
        if (NextHealthy(credential) is not null)
        {
            credential.RestUntil(_time.GetTimestamp() + (long)(duration.TotalSeconds * _time.TimestampFrequency));
        }
    }
}
