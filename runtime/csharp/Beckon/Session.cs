// One conversation with one peer: what both sides say, until it ends.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>Gives and takes objects. Thread-safety: any thread. Ended by Dispose(), or with the connection.</summary>
    public sealed partial class Session : IDisposable
    {
        internal const int HandshakeMilliseconds = 5000;
        private const int MaxBeforeHello = 64 << 10;

        private readonly object gate = new object();
        private readonly Channel channel;
        private readonly Directory directory;
        private readonly Func<string, byte[], string> authenticate;
        private readonly Action<Session> onEnd;
        private readonly int greetedWithin;
        private readonly Thread reader;
        private bool isGreeted;
        private Exception wentAway;

        internal Session(
            Channel channel, string endpoint, Hello hello, Directory directory, Func<string, byte[], string> authenticate = null,
            bool sendTraces = false, int greetedWithin = HandshakeMilliseconds, Action<Session> onEnd = null)
        {
            this.channel = channel;
            this.directory = directory;
            this.authenticate = authenticate;
            this.greetedWithin = greetedWithin;
            this.onEnd = onEnd;
            Endpoint = endpoint;
            Hello = hello;
            SendTraces = sendTraces;
            Tables = new Tables(this);
            Calling = new Calling(this);
            Serving = new Serving(this);
            Outbox = new Outbox(this, channel);
            reader = new Thread(ReadAll) { IsBackground = true, Name = "beckon in" };
            Send(Frame.Magic);
            Send(hello.Pack());
        }

        internal void Start()
        {
            Workers.Start(reader);
            Outbox.Start();
        }

        /// <summary>Who the peer is, for messages.</summary>
        public string Endpoint { get; }

        /// <summary>Who the peer is, as the authenticator says; empty without one.</summary>
        public string User { get; private set; } = "";

        /// <summary>Why the session has ended, or null while it goes on.</summary>
        public Exception Ended { get; private set; }

        internal Hello Hello { get; }
        internal Hello PeerHello { get; private set; } = new Hello();
        internal bool SendTraces { get; }
        internal string Draining { get; private set; }
        internal Turns Turns { get; } = new Turns();
        internal Tables Tables { get; }
        internal Calling Calling { get; }
        internal Serving Serving { get; }
        internal Outbox Outbox { get; }

        /// <summary>Connects to who listens at an endpoint. Throws a BeckonException, disconnected, where nobody does.</summary>
        public static Session Connect(string endpoint, ConnectOptions options = null)
        {
            options = options ?? new ConnectOptions();
            var within = (int)options.Within.TotalMilliseconds;
            var hello = options.Hello.Copy();
            if (options.User != "") hello.User = options.User;
            if (options.Secret.Length > 0) hello.Secret = options.Secret;
            var made = new Session(
                Channel.Dial(Beckon.Endpoint.Parse(endpoint), within), endpoint, hello,
                options.Published.Count > 0 ? new Directory(options.Published) : null, greetedWithin: within);
            made.Start();
            return made;
        }

        /// <summary>The same, without waiting here.</summary>
        public static Task<Session> ConnectAsync(string endpoint, ConnectOptions options = null) =>
            Task.Run(() => Connect(endpoint, options));

        /// <summary>
        /// The object that the peer publishes under a name. Fails with schema_mismatch where it is of another interface.
        /// </summary>
        public T Get<T>(string name) where T : class
        {
            var there = PeersDirectory;
            var wanted = Wanted<T>(name);
            try
            {
                return Typed<T>(there.Get(wanted));
            }
            catch (BeckonException error) when (error.Code == ErrorCode.SchemaMismatch)
            {
                // Of another version, whose digest differs, only what can be talked to is asked for.
                if (!Versions.Check(there.Describe(name), name, Generated.InterfaceOf(typeof(T)))) throw;
            }
            wanted.Digest = Frame.Nothing;
            return Typed<T>(there.Get(wanted));
        }

        /// <summary>The same, without waiting here.</summary>
        public async Task<T> GetAsync<T>(string name, CancellationToken cancellation = default(CancellationToken))
            where T : class
        {
            var there = PeersDirectory;
            var wanted = Wanted<T>(name);
            try
            {
                return Typed<T>(await there.GetAsync(wanted, cancellation).ConfigureAwait(false));
            }
            catch (BeckonException error) when (error.Code == ErrorCode.SchemaMismatch)
            {
                var described = await there.DescribeAsync(name, cancellation).ConfigureAwait(false);
                if (!Versions.Check(described, name, Generated.InterfaceOf(typeof(T)))) throw;
            }
            wanted.Digest = Frame.Nothing;
            return Typed<T>(await there.GetAsync(wanted, cancellation).ConfigureAwait(false));
        }

        /// <summary>What the peer publishes.</summary>
        public IReadOnlyList<ServiceInfo> List() => PeersDirectory.List();

        private static DirectoryQuery Wanted<T>(string name)
        {
            var info = Generated.InterfaceOf(typeof(T));
            return new DirectoryQuery { Name = name, Interface = info.Name, Digest = info.Digest };
        }

        private static T Typed<T>(object found) where T : class
        {
            var made = Proxy.Cast<T>(found);
            if (!ReferenceEquals(made, found)) (found as Proxy)?.Dispose();
            return made;
        }

        private DirectoryProxy PeersDirectory
        {
            get
            {
                var made = new DirectoryProxy();
                made.Bind(DirectoryInterface.Instance, new Remote(this, 0) { Users = 1 });
                GC.SuppressFinalize(made);
                return made;
            }
        }

        /// <summary>Takes no new calls; those in flight go on.</summary>
        public void Drain(string reason = "this side takes no new calls")
        {
            Draining = reason;
            Send(Frame.Pack(FrameType.GoAway, ErrorFrames.Pack(new BeckonException(ErrorCode.Cancelled, reason))));
        }

        /// <summary>Ends the session; what was in flight fails. Harmless when it has ended.</summary>
        public void Dispose()
        {
            End(new BeckonException(ErrorCode.Cancelled, "session closed by this side"));
            Outbox.Join(HandshakeMilliseconds);
        }

        internal void CheckOpen()
        {
            var ended = Ended;
            if (ended != null)
            {
                var isClosed = (ended as BeckonException)?.Code == ErrorCode.Cancelled;
                throw isClosed ? Errors.Again(ended) : Errors.Lost(ended).Copy();
            }
            if (wentAway == null) return;
            throw new BeckonException(ErrorCode.Overloaded, "the peer takes no new calls: " + wentAway.Message);
        }

        internal void CheckSize(int size)
        {
            if (size > PeerHello.MaxMessageBytes)
            {
                throw Errors.Limit("a message of " + size + " bytes; the peer takes " + PeerHello.MaxMessageBytes);
            }
        }

        internal Export Target(uint number)
        {
            if (number == 0)
            {
                if (directory == null) throw new BeckonException(ErrorCode.UnknownObject, "this side publishes nothing");
                return new Export { Value = directory, Info = DirectoryInterface.Instance };
            }
            var found = Tables.Find(number);
            if (found != null) return found;
            throw new BeckonException(ErrorCode.UnknownObject, "no object #" + number + " is lent to the peer");
        }

        internal void Send(byte[] frame) { Outbox.Put(frame); }

        /// <summary>Until the peer has taken some of what waits for it. Not for the thread that reads.</summary>
        internal void WaitForRoom()
        {
            if (Outbox.HasRoom) return;
            using (Turns.GiveAway()) Outbox.WaitForRoom();
        }

        internal void SendError(uint number, Exception error)
        {
            var content = ErrorFrames.Pack(error, SendTraces);
            if (content.Length + Head.Bytes > PeerHello.MaxMessageBytes)
            {
                content = ErrorFrames.Pack(Errors.Limit("the error is too long for you"));
            }
            Send(Frame.Pack(FrameType.Error, content, call: number));
        }

        internal void Refuse(uint number, Exception error)
        {
            SendAnswer(Frame.Pack(FrameType.Error, ErrorFrames.Pack(error), FrameFlag.Untaken, call: number));
        }

        /// <summary>What the peer can ask for without end.</summary>
        private void SendAnswer(byte[] frame)
        {
            if (!Outbox.HasRoom) throw Errors.Limit("the peer leaves " + Outbox.MaxUnsentBytes + " bytes of answers unread");
            Send(frame);
        }

        internal void JoinReader(int milliseconds)
        {
            Workers.Join(reader, milliseconds);
        }

        /// <summary>Tells the peer why, and ends.</summary>
        internal void End(Exception error)
        {
            var farewell = Frame.Pack(FrameType.GoAway, ErrorFrames.Pack(error)).Concat(Frame.Pack(FrameType.Bye)).ToArray();
            Fail(error, farewell);
        }

        internal void Fail(Exception error, byte[] farewell = null)
        {
            lock (gate)
            {
                if (Ended != null) return;
                Ended = error;
            }
            Outbox.Finish(farewell ?? Frame.Nothing);
            var lost = Errors.Lost(error);
            Calling.FailAll(lost);
            EndStreams(lost);
            Serving.CancelAll();
            try
            {
                Tables.Clear();
            }
            finally
            {
                onEnd?.Invoke(this);
            }
        }
    }
}
