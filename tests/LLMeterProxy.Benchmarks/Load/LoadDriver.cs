using System.Net;
using System.Net.Sockets;

namespace LLMeterProxy.Benchmarks.Load;

/// <summary>
/// Sends a fixed number of requests over a fixed number of keep-alive connections, each a raw socket with one request at a
/// time: the driver must cost less than what it drives. Every answer is checked; the first wrong one ends the run.
/// </summary>
internal static class LoadDriver
{
    public static async Task<LoadResult> RunAsync(Uri baseUrl, string path, string key, Workload workload, int requests, int connections)
    {
        var bytes = workload.RequestTo(baseUrl, path, key);
        var left = requests;
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(RunConnectionAsync)));
        return new LoadResult(requests, TimeProvider.System.GetElapsedTime(started));

        async Task RunConnectionAsync()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, baseUrl.Port);
            var response = new ResponseReader(socket);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                for (var sent = 0; sent < bytes.Length;)
                {
                    sent += await socket.SendAsync(bytes.AsMemory(sent));
                }

                try
                {
                    await response.ReadAsync(workload.IsStream);
                }
                catch (InvalidDataException e)
                {
                    throw new InvalidDataException($"{workload.Name} from {baseUrl}: {e.Message}", e);
                }
            }
        }
    }
}
