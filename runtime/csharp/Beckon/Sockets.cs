// Sockets: TCP, and UNIX sockets, of which not every .NET knows the addresses.
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Beckon
{
    internal static class Sockets
    {
        public static Socket DialTcp(Endpoint endpoint, int withinMilliseconds)
        {
            SocketException last = null;
            foreach (var address in Dns.GetHostAddresses(endpoint.Host))
            {
                var made = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    var connecting = made.BeginConnect(new IPEndPoint(address, endpoint.Port), null, null);
                    if (!connecting.AsyncWaitHandle.WaitOne(withinMilliseconds)) throw new SocketException((int)SocketError.TimedOut);
                    made.EndConnect(connecting);
                    return made;
                }
                catch (SocketException error)
                {
                    made.Close();
                    last = error;
                }
            }
            throw last ?? new SocketException((int)SocketError.HostNotFound);
        }

        public static Socket DialUnix(Endpoint endpoint)
        {
            var made = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                made.Connect(new UnixAddress(endpoint.Path));
                return made;
            }
            catch (SocketException)
            {
                made.Close();
                throw;
            }
        }

        /// <summary>A listening socket. Throws address_in_use or io_error.</summary>
        public static Socket Bind(Endpoint endpoint)
        {
            Socket made = null;
            try
            {
                if (endpoint.Scheme == "unix")
                {
                    made = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    var before = NativeMethods.umask(0x7f); // for this user alone
                    try
                    {
                        made.Bind(new UnixAddress(endpoint.Path));
                    }
                    finally
                    {
                        NativeMethods.umask(before);
                    }
                }
                else
                {
                    var address = Dns.GetHostAddresses(endpoint.Host)[0];
                    made = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    // ReuseAddress stays as it is: to set it would let a second server listen here too, where Mono runs.
                    made.Bind(new IPEndPoint(address, endpoint.Port));
                }
                made.Listen(128);
                return made;
            }
            catch (SocketException error)
            {
                made?.Close();
                var code = error.SocketErrorCode == SocketError.AddressAlreadyInUse ? ErrorCode.AddressInUse : ErrorCode.IoError;
                throw new BeckonException(code, "cannot listen on " + endpoint.Text + ": " + error.Message);
            }
        }

        private static class NativeMethods
        {
            [DllImport("libc")]
            public static extern uint umask(uint mask);
        }

        /// <summary>A path in the file system as the address of a socket.</summary>
        private sealed class UnixAddress : EndPoint
        {
            private const int MostBytes = 107;
            private readonly byte[] path;

            public UnixAddress(string path)
            {
                this.path = Encoding.UTF8.GetBytes(path);
                if (this.path.Length == 0 || this.path.Length > MostBytes)
                {
                    throw new BeckonException(ErrorCode.InvalidArgument,
                        "unix:" + path + ": a path of " + this.path.Length + " bytes, expected 1 to " + MostBytes);
                }
            }

            public override AddressFamily AddressFamily => AddressFamily.Unix;

            public override SocketAddress Serialize()
            {
                var made = new SocketAddress(AddressFamily.Unix, 2 + path.Length + 1);
                for (var i = 0; i < path.Length; ++i) made[2 + i] = path[i];
                return made;
            }

            /// <summary>Of a peer's address nothing is needed.</summary>
            public override EndPoint Create(SocketAddress address) => this;
        }
    }
}
