using System.IO.Compression;
using LLMeterProxy.Simulator.Scripting;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Simulator;

/// <summary>
/// Puts body bytes on the wire with what was scripted for them: compression, writes of a given size, a cut or a stall at
/// an exact byte. Counts what went out and keeps it where bodies are recorded.
/// </summary>
internal sealed class ResponseSender(HttpContext context, Scenario scenario, TimeProvider time, int recordLimit, CancellationToken stopping) : IDisposable
{
    /// <summary>How long the end of a connection that was closed in order waits for the peer's.</summary>
    private static readonly TimeSpan _lingering = TimeSpan.FromSeconds(2);

    private readonly bool _isPlain = ReferenceEquals(scenario, Scenario.Plain) && recordLimit == 0;
    private readonly CancellationToken _clientGone = context.RequestAborted;
    private List<long>? _flushes;
    private MemoryStream? _recorded;
    private MemoryStream? _encoded;
    private GZipStream? _gzip;
    private MemoryStream? _held;

    /// <summary>Body bytes handed to the network.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Whether the simulator itself closed or stopped the connection.</summary>
    public bool IsCut { get; private set; }

    public bool ClientLeft => _clientGone.IsCancellationRequested && !IsCut;

    /// <summary>Whether more can be sent.</summary>
    public bool IsOpen => !IsCut && !_clientGone.IsCancellationRequested && !stopping.IsCancellationRequested;

    public ReadOnlyMemory<byte> Recorded => _recorded is null ? default : _recorded.ToArray();

    public IReadOnlyList<long> Flushes => (IReadOnlyList<long>?)_flushes ?? [];

    /// <summary>Waits; returns early if the client leaves or the simulator stops. Callers ask <see cref="IsOpen"/> after it.</summary>
    public async Task DelayAsync(TimeSpan delay)
    {
        if (delay == TimeSpan.Zero)
            return;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_clientGone, stopping);
        try
        {
            await Task.Delay(delay, time, gone.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits asks IsOpen.
        }
    }

    /// <summary>Sends the bytes and flushes them.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_isPlain)
        {
            await FlushAsync(bytes);
            return;
        }

        if (scenario.Gzip)
            bytes = Compress(bytes);
        if (scenario.WriteSize <= 0)
        {
            await SendCheckedAsync(bytes);
            return;
        }

        if (_held is { Length: > 0 })
        {
            _held.Write(bytes.Span);
            bytes = _held.ToArray();
            _held.SetLength(0);
        }

        for (; bytes.Length >= scenario.WriteSize && IsOpen; bytes = bytes[scenario.WriteSize..])
            await SendCheckedAsync(bytes[..scenario.WriteSize]);
        if (IsOpen && bytes.Length > 0)
            (_held ??= new MemoryStream()).Write(bytes.Span);
    }

    /// <summary>Sends what is still held, and meets a cut or stall that was set at the very end.</summary>
    public async ValueTask FinishAsync()
    {
        if (_isPlain)
            return;
        // What is held was compressed before the trailer.
        if (_held is { Length: > 0 })
            await SendCheckedAsync(_held.ToArray());
        if (_gzip is not null)
        {
            await _gzip.DisposeAsync();
            _gzip = null;
            await SendCheckedAsync(TakeEncoded());
        }

        await SendCheckedAsync(default);
        if (IsOpen && scenario.WrongContentLength > 0)
            await CutAsync(CutKind.Fin);
    }

    /// <summary>Closes the connection; an orderly end waits a little for the client to notice it.</summary>
    public async Task CutAsync(CutKind kind)
    {
        IsCut = true;
        if (kind == CutKind.Fin && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await DelayAsync(_lingering);
        }

        context.Abort();
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _encoded?.Dispose();
        _held?.Dispose();
        _recorded?.Dispose();
    }

    private async ValueTask SendCheckedAsync(ReadOnlyMemory<byte> bytes)
    {
        var cut = scenario.CutAtByte is { } at ? at - BytesSent : long.MaxValue;
        var stall = scenario.StallAtByte is { } stop ? stop - BytesSent : long.MaxValue;
        var limit = Math.Min(cut, stall);
        if (bytes.Length > 0 && limit > 0)
            await FlushAsync(bytes.Length > limit ? bytes[..(int)limit] : bytes);
        if (bytes.Length < limit || !IsOpen)
            return;
        // A body that ends exactly here is stopped before its end is told.
        if (stall <= cut)
        {
            await DelayAsync(Timeout.InfiniteTimeSpan);
            return;
        }

        await CutAsync(scenario.CutKind);
    }

    private async ValueTask FlushAsync(ReadOnlyMemory<byte> bytes)
    {
        await context.Response.BodyWriter.WriteAsync(bytes, CancellationToken.None);
        BytesSent += bytes.Length;
        if (recordLimit == 0)
            return;
        (_flushes ??= []).Add(BytesSent);
        _recorded ??= new MemoryStream();
        var room = recordLimit - (int)_recorded.Length;
        if (room > 0)
            _recorded.Write(bytes.Span[..Math.Min(room, bytes.Length)]);
    }

    private ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> bytes)
    {
        _encoded ??= new MemoryStream();
        _gzip ??= new GZipStream(_encoded, CompressionLevel.Fastest, leaveOpen: true);
        _gzip.Write(bytes.Span);
        _gzip.Flush();
        return TakeEncoded();
    }

    private ReadOnlyMemory<byte> TakeEncoded()
    {
        var taken = _encoded!.ToArray();
        _encoded.SetLength(0);
        return taken;
    }
}
