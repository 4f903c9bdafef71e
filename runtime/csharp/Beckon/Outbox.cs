// What a session has to say, in order, and the thread that says it; pings where the peer is silent.
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Beckon
{
    /// <summary>Thread-safety: any thread.</summary>
    internal sealed class Outbox
    {
        public const long MaxUnsentBytes = 16 << 20;
        private const int MaxBatch = 256;
        private const int PingMilliseconds = 15000;
        private const int MaxPings = 3;
        private const int LastWordsMilliseconds = 1000;

        private readonly Session session;
        private readonly Channel channel;
        private readonly object gate = new object();
        private readonly Queue<byte[]> queue = new Queue<byte[]>();
        private readonly Thread thread;
        private long unsent;
        private bool isOver;
        private uint pings;
        private long pinged;
        private long heard = Clock.Now;

        public Outbox(Session session, Channel channel)
        {
            this.session = session;
            this.channel = channel;
            thread = new Thread(WriteAll) { IsBackground = true, Name = "beckon out" };
        }

        public void Start() { Workers.Start(thread); }

        /// <summary>The peer has said something.</summary>
        public void Hear() { Interlocked.Exchange(ref heard, Clock.Now); }

        public void Join(int milliseconds)
        {
            Workers.Join(thread, milliseconds);
        }

        public void Put(byte[] frame)
        {
            lock (gate)
            {
                if (isOver) return;
                unsent += frame.Length;
                queue.Enqueue(frame);
                Monitor.PulseAll(gate);
            }
        }

        public void PutRelease(uint number, uint count) { Put(Frame.PackRelease(number, count)); }

        /// <summary>Nothing is said behind this.</summary>
        public void Finish(byte[] farewell)
        {
            lock (gate)
            {
                if (isOver) return;
                queue.Enqueue(farewell);
                isOver = true;
                Monitor.PulseAll(gate);
            }
        }

        public bool HasRoom { get { lock (gate) return unsent < MaxUnsentBytes || isOver; } }

        public void WaitForRoom()
        {
            lock (gate)
            {
                while (unsent >= MaxUnsentBytes && !isOver) Monitor.Wait(gate);
            }
        }

        private void WriteAll()
        {
            try
            {
                for (var batch = NextBatch(); batch != null; batch = NextBatch()) channel.Write(batch);
            }
            catch (Exception error)
            {
                // What the peer said before it closed tells more than this.
                session.JoinReader(LastWordsMilliseconds);
                session.Fail(new BeckonException(ErrorCode.Disconnected, session.Endpoint + ": " + error.Message));
            }
            channel.Close();
        }

        /// <summary>What there is to send, and where there is nothing for long, a ping; null at the end.</summary>
        private byte[] NextBatch()
        {
            var batch = new MemoryStream();
            lock (gate)
            {
                while (queue.Count == 0)
                {
                    if (isOver) return null;
                    if (Monitor.Wait(gate, PingMilliseconds / 3)) continue;
                    var ping = NextPing();
                    if (ping != null) return ping;
                }
                for (var i = 0; i < MaxBatch && queue.Count > 0; ++i)
                {
                    var frame = queue.Dequeue();
                    batch.Write(frame, 0, frame.Length);
                }
                unsent = queue.Count == 0 ? 0 : unsent - batch.Length;
                Monitor.PulseAll(gate);
            }
            return batch.ToArray();
        }

        private byte[] NextPing()
        {
            long now = Clock.Now, last = Interlocked.Read(ref heard);
            if (last > pinged) pings = 0;
            if (now - Math.Max(last, pinged) < PingMilliseconds) return null;
            if (pings == MaxPings)
            {
                Workers.Run(() => session.End(new BeckonException(ErrorCode.Disconnected, MaxPings + " pings were not answered")));
                return null;
            }
            ++pings;
            pinged = now;
            return Frame.Pack(FrameType.Ping, call: pings);
        }
    }
}
