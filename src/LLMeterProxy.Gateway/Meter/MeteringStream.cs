using System.Globalization;
using System.Net.Http.Headers;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Settle;

namespace LLMeterProxy.Gateway.Meter;

/// <summary>
/// Shows upstream bytes to a collector while YARP copies them to the client. It alters nothing but what is documented: our
/// own usage chunk is taken out, an error event is added when an upstream dies, and the terminal bytes wait for the commit.
/// <para>The usual chunk is read into the caller's buffer, looked at there and returned: no copy, no allocation. Bytes are
/// held only while a verdict needs more of them. A collector that throws is detached and the record is an estimate.</para>
/// </summary>
internal sealed class MeteringStream : ReadOnlyStream
{
    private const int HeldReadSize = 16 * 1024;

    private readonly Stream _upstream;
    private readonly GatewayContext _context;
    private readonly Attempt _attempt;
    private readonly SettleStage _settle;
    private readonly CancellationTokenRegistration _drained;
    private readonly TimeProvider _time;
    private readonly SideDecoder? _decoder;
    private readonly long? _declaredLength;

    private IUsageCollector? _collector;
    private HeldBytes _held;
    private bool _commitDue;
    private bool _committed;
    private bool _ended;
    private EventBoundary _boundary = EventBoundary.Start;

    public MeteringStream(
        Stream upstream,
        HttpContentHeaders headers,
        GatewayContext context,
        SettleStage settle,
        Drain drain,
        TimeProvider time)
    {
        _upstream = upstream;
        _context = context;
        _attempt = context.Attempt!;
        _collector = _attempt.Collector;
        _settle = settle;
        _time = time;
        _declaredLength = LengthOf(headers);

        // Closing the upstream makes the pending read fail, which ends the stream like any death of an upstream.
        _drained = drain.Expired.UnsafeRegister(static state => ((Stream)state!).Dispose(), upstream);
        if (headers.NonValidated.TryGetValues("Content-Encoding", out var encoding) && _collector is { } collector)
        {
            _decoder = SideDecoder.TryCreate(encoding.ToString(), collector);
            if (_decoder is null && !string.Equals(encoding.ToString(), "identity", StringComparison.OrdinalIgnoreCase))
            {
                Detach();
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_held.Ready > 0)
            {
                return Take(buffer);
            }

            if (_commitDue)
            {
                await CommitAsync(RequestOutcome.Completed, cancellationToken);
                continue;
            }

            if (_ended)
            {
                return 0;
            }

            // A zero-byte read only waits for data: passing it on keeps an idle stream free of buffers. It is where a reset of an
            // idle upstream shows first, so it fails as any other read does.
            var direct = _held.IsEmpty;
            var target = direct ? buffer : _held.Reserve(HeldReadSize);
            int read;
            try
            {
                read = await ReadUpstreamAsync(target, cancellationToken);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested && CanEndWithErrorEvent)
            {
                await EndWithErrorEventAsync(cancellationToken);
                continue;
            }
            catch
            {
                // YARP now aborts the connection to the client: that is our doing, and must not read as the client's leaving.
                _context.Disconnect?.StopWatching();
                _attempt.TimedOut = cancellationToken.IsCancellationRequested && _context.Disconnect is not { ClientGone: true };
                throw;
            }

            if (buffer.IsEmpty && direct)
            {
                return 0;
            }

            if (read == 0)
            {
                await EndAsync(cancellationToken);
                continue;
            }

            CountReceived(read);
            if (!direct)
            {
                _held.Commit(read);
                Judge(_held.Last(read));
                continue;
            }

            if (_committed || _collector is null)
            {
                _boundary.Sent(buffer.Span[..read]);
                if (!_committed && _attempt.ReceivedBytes == _declaredLength)
                {
                    HoldBack(buffer.Span[..read]);
                    continue;
                }

                return read;
            }

            if (JudgeInPlace(buffer.Span[..read], out var pass) && pass > 0)
            {
                _boundary.Sent(buffer.Span[..pass]);
                return pass;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _drained.Dispose();
            _held.Free();
            _decoder?.Dispose();
            _upstream.Dispose();
        }

        base.Dispose(disposing);
    }

    private static long? LengthOf(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Length", out var text)
        && long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    private ValueTask<int> ReadUpstreamAsync(Memory<byte> target, CancellationToken cancellationToken) =>
        _upstream.ReadAsync(target, cancellationToken);

    private int Take(Memory<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var taken = _held.Take(buffer.Span);
        _boundary.Sent(buffer.Span[..taken]);
        return taken;
    }

    private void CountReceived(int read)
    {
        if (_attempt.FirstByteTimestamp == 0)
        {
            _attempt.FirstByteTimestamp = _time.GetTimestamp();
        }

        _attempt.ReceivedBytes += read;
    }

    /// <summary>Looks at a chunk in the caller's buffer. True where its first <paramref name="pass"/> bytes can be returned as they are.</summary>
    private bool JudgeInPlace(Span<byte> chunk, out int pass)
    {
        var verdict = Observe(chunk, _held.Waiting + chunk.Length);
        var completes = _attempt.ReceivedBytes == _declaredLength;
        if (verdict.Release == chunk.Length && verdict is { DropLength: 0, Commit: false } && !completes)
        {
            pass = chunk.Length;
            return true;
        }

        pass = 0;
        _held.Append(chunk);
        Apply(verdict, completes);
        return false;
    }

    private void Judge(ReadOnlySpan<byte> chunk)
    {
        if (_committed)
        {
            _held.ReleaseAll();
            return;
        }

        var completes = _attempt.ReceivedBytes == _declaredLength;
        if (_collector is null)
        {
            if (completes)
            {
                _commitDue = true;
            }
            else
            {
                _held.ReleaseAll();
            }

            return;
        }

        Apply(Observe(chunk, _held.Waiting), completes);
    }

    private void Apply(in ChunkVerdict verdict, bool completes)
    {
        if (!completes || verdict.Commit)
        {
            _held.Release(verdict.Release, verdict.DropStart, verdict.DropLength);
            _commitDue |= verdict.Commit;
            return;
        }

        // The read that completes a body of known length waits as a whole, whatever the collector thinks of its bytes.
        var rest = Finish();
        _held.Release(0, verdict.DropStart, verdict.DropLength);
        _held.Release(0, verdict.Release - verdict.DropLength + rest.DropStart, rest.DropLength);
        _commitDue = true;
    }

    /// <summary>The last chunk of a body that has no collector.</summary>
    private void HoldBack(ReadOnlySpan<byte> chunk)
    {
        _held.Append(chunk);
        _commitDue = true;
    }

    /// <param name="undecided">The bytes that no verdict has released yet, this chunk included: without a collector they all go.</param>
    private ChunkVerdict Observe(ReadOnlySpan<byte> chunk, int undecided)
    {
        try
        {
            if (_decoder is null)
            {
                return _collector!.Observe(chunk);
            }

            if (!_decoder.Observe(chunk))
            {
                Detach();
            }
        }
#pragma warning disable CA1031 // Metering must never break the copy: whatever a collector does, the client gets its bytes.
        catch (Exception)
#pragma warning restore CA1031
        {
            Detach();
        }

        return new ChunkVerdict(undecided);
    }

    private ChunkVerdict Finish()
    {
        try
        {
            if (_collector is not null && _decoder is null)
            {
                return _collector.Finish();
            }

            _collector?.Finish();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            Detach();
        }

        return default;
    }

    private void Detach()
    {
        _attempt.CollectorFailed = true;
        _collector = null;
    }

    /// <summary>The upstream ended the body. What still waits goes out after the commit; a stream cut short is said to be one (A42).</summary>
    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_committed)
        {
            _ended = true;
            _held.ReleaseAll();
            return;
        }

        if (_declaredLength is null || _attempt.ReceivedBytes != _declaredLength)
        {
            var verdict = Finish();
            _held.Release(0, verdict.DropStart, verdict.DropLength);
        }

        var report = _collector?.Report();
        _attempt.EndedEarly = report is { TerminalSeen: false, FinishSeen: false, ErrorSeen: false }
            && (_attempt.IsEventStream || _attempt.IsLineStream);
        if (_attempt.EndedEarly)
        {
            await EndWithErrorEventAsync(cancellationToken);
            return;
        }

        await CommitAsync(RequestOutcome.Completed, cancellationToken);
        _ended = true;
    }

    private bool CanEndWithErrorEvent =>
        !_committed && _attempt.IsEventStream && _context.Disconnect is not { ClientGone: true };

    /// <summary>E-MID, only at an event boundary: elsewhere the connection is aborted, so that the truncation shows.</summary>
    private async ValueTask EndWithErrorEventAsync(CancellationToken cancellationToken)
    {
        _attempt.EndedEarly = true;
        _held.DropWaiting();
        await CommitAsync(RequestOutcome.Truncated, cancellationToken);
        if (!_attempt.IsEventStream || !_boundary.IsAt)
        {
            _context.Disconnect?.StopWatching();
            throw new IOException("The provider ended the stream before its end, at a place where no event can follow.");
        }

        _held.Append(_context.Provider!.Dialect.StreamErrorEvent(_context.Match, _context.RequestIdText).Span);
        _held.ReleaseAll();
        _ended = true;
    }

    private async ValueTask CommitAsync(RequestOutcome outcome, CancellationToken cancellationToken)
    {
        _commitDue = false;
        _committed = true;
        if (outcome == RequestOutcome.Completed && _context.Disconnect is { ClientGone: true, FinishedBeforeGone: false })
        {
            // Read on to the provider's usage, but not for the client, who left while the answer was being made.
            outcome = RequestOutcome.ClientAborted;
        }

        if (await _settle.CommitAsync(_context, outcome, cancellationToken))
        {
            _held.ReleaseAll();
            return;
        }

        // Not recorded means not delivered: the client must not see a complete response (promise 1).
        _held.DropWaiting();
        _ended = true;
        if (!_attempt.IsEventStream || !_boundary.IsAt)
        {
            throw new IOException("The usage record could not be committed.");
        }

        _held.Append(_context.Provider!.Dialect.StreamErrorEvent(_context.Match, _context.RequestIdText).Span);
        _held.ReleaseAll();
    }
}
