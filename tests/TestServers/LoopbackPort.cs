using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SecureRecorder.TestServers;

/// <summary>
/// Loopback ports that stay with the server they were given to, also while it is stopped. They lie below the range from which
/// Linux takes the ports of outgoing connections and of listeners that ask for port 0 (<c>ip_local_port_range</c>, from 32768), and
/// below the blocks of <c>deploy/local-s3.sh</c> (from 20000).
/// </summary>
public static class LoopbackPort
{
    private const int First = 10_000;
    private const int Blocks = 200;
    private const int PerBlock = 50;

    private static readonly Lock Taking = new();

    // an abstract socket a block: as long as this process lives, and no longer, no other one takes ports from it
    private static readonly List<Socket> Reserved = [];
    private static int next;
    private static int end;

    /// <summary>A port on which nothing listens, given out once in the life of this process.</summary>
    /// <exception cref="InvalidOperationException">All are given out.</exception>
    public static int Take()
    {
        lock (Taking)
        {
            while (true)
            {
                if (next == end) { ReserveBlock(); }

                var port = next++;
                if (IsFree(port)) { return port; }
            }
        }
    }

    private static void ReserveBlock()
    {
        var from = Environment.ProcessId % Blocks;
        for (var tried = 0; tried < Blocks; tried++)
        {
            var block = (from + tried) % Blocks;
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0secure-recorder-test-ports-{block}")));
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                socket.Dispose();
                continue;
            }

            Reserved.Add(socket);
            next = First + (block * PerBlock);
            end = next + PerBlock;
            return;
        }

        throw new InvalidOperationException($"All loopback ports from {First} to {First + (Blocks * PerBlock) - 1} are given out.");
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
