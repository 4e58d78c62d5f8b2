using System.Net;
using System.Net.Sockets;

namespace LLMeterProxy.LoadTests.Processes;

/// <summary>
/// Ports that a restarted process can take again: below the range of outgoing connections, where a client that knocks on
/// the dead port could be given that very port.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Count = 10_000;

    public static int[] Take(int count, Random random)
    {
        var ports = new List<int>();
        while (ports.Count < count)
        {
            var port = First + random.Next(Count);
            if (!ports.Contains(port) && IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
