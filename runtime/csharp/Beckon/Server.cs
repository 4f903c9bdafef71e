// Serves published objects to whoever connects.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Beckon
{
    /// <summary>Serves published objects to whoever connects. Thread-safety: any thread. Ended by Dispose().</summary>
    public sealed class Server : IDisposable
    {
        private readonly ServerOptions options;
        private readonly Directory directory;
        private readonly object gate = new object();
        private readonly HashSet<Session> sessions = new HashSet<Session>();
        private readonly List<Socket> listeners = new List<Socket>();
        private readonly List<string> paths = new List<string>();
        private readonly ManualResetEventSlim ended = new ManualResetEventSlim();

        /// <summary>A server that publishes nothing yet.</summary>
        public Server(ServerOptions options = null)
        {
            this.options = options ?? new ServerOptions();
            directory = new Directory(Published);
        }

        /// <summary>What there is to get.</summary>
        public Published Published { get; } = new Published();

        /// <summary>The sessions that go on now.</summary>
        public IReadOnlyList<Session> Sessions { get { lock (gate) return sessions.ToList(); } }

        private int SessionCount { get { lock (gate) return sessions.Count; } }

        /// <summary>Accepts connections there, on threads of its own. Gives the endpoint with the port that was taken.</summary>
        public string Listen(string endpoint)
        {
            var parsed = Endpoint.Parse(endpoint);
            if (parsed.Scheme == "stdio")
            {
                Begin(new StandardChannel(), endpoint, Close);
                return endpoint;
            }
            if (parsed.Scheme == "exec")
            {
                throw new BeckonException(
                    ErrorCode.InvalidArgument, "cannot listen on " + endpoint + ": that is for those who connect");
            }
            var listener = Sockets.Bind(parsed);
            var actual = parsed.Scheme == "unix" ? endpoint : parsed.WithPort(((IPEndPoint)listener.LocalEndPoint).Port);
            lock (gate)
            {
                listeners.Add(listener);
                if (parsed.Scheme == "unix") paths.Add(parsed.Path);
            }
            Workers.Start(new Thread(() => Accept(listener, actual)) { IsBackground = true, Name = "beckon accept" });
            return actual;
        }

        private void Accept(Socket listener, string endpoint)
        {
            while (!ended.IsSet)
            {
                Socket connection;
                try
                {
                    connection = listener.Accept();
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
                catch (SocketException)
                {
                    if (ended.Wait(100)) return; // out of descriptors, say
                    continue;
                }
                if (SessionCount >= options.MaxConnections)
                {
                    connection.Close();
                    continue;
                }
                if (listener.AddressFamily != AddressFamily.Unix) connection.NoDelay = true;
                Begin(new SocketChannel(connection), endpoint, null);
            }
        }

        private void Begin(Channel channel, string endpoint, Action then)
        {
            Action<Session> forget = session =>
            {
                lock (gate) sessions.Remove(session);
                then?.Invoke();
            };
            var made = new Session(
                channel, "a client of " + endpoint, options.Hello, directory, options.Authenticate, options.SendTraces,
                onEnd: forget);
            lock (gate) sessions.Add(made);
            made.Start();
            if (ended.IsSet) made.Dispose();
        }

        /// <summary>Waits until the server is disposed of.</summary>
        public void Run() { ended.Wait(); }

        /// <summary>Ends all sessions and listens no more.</summary>
        public void Dispose()
        {
            Close();
            foreach (var each in Sessions) each.Dispose();
        }

        private void Close()
        {
            ended.Set();
            List<Socket> closing;
            List<string> left;
            lock (gate)
            {
                closing = listeners.ToList();
                left = paths.ToList();
                listeners.Clear();
                paths.Clear();
            }
            foreach (var each in closing) each.Close();
            foreach (var each in left) File.Delete(each);
        }
    }
}
