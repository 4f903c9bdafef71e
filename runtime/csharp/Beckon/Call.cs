// A call that this side is serving.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Beckon
{
    /// <summary>A call that this side is serving: what <see cref="Current"/> tells its handler.</summary>
    public sealed class Call
    {
        private static readonly AsyncLocal<Call> Running = new AsyncLocal<Call>();

        private readonly CancellationTokenSource cancellation = new CancellationTokenSource();
        private long? deadline;
        private volatile bool isOver;
        private Timer timer;

        internal Call(Session session, uint number, bool isOneway)
        {
            Session = session;
            Number = number;
            IsOneway = isOneway;
        }

        /// <summary>
        /// The call that the running handler serves; null outside of handlers, and in what a handler has left behind: tasks
        /// and threads that go on when the call is answered.
        /// </summary>
        public static Call Current
        {
            get
            {
                var call = Running.Value;
                return call == null || call.isOver ? null : call;
            }
            internal set { Running.Value = value; }
        }

        /// <summary>The session that it came by.</summary>
        public Session Session { get; }

        /// <summary>What the caller sent along.</summary>
        public IReadOnlyDictionary<string, string> Metadata { get; internal set; }

        /// <summary>Who the caller is, as the authenticator says; empty without one.</summary>
        public string User => Session.User;

        /// <summary>Is cancelled when nobody waits for the answer any more.</summary>
        public CancellationToken Cancellation => cancellation.Token;

        internal uint Number { get; }
        internal bool IsOneway { get; }

        internal void SetDeadline(uint milliseconds)
        {
            deadline = Clock.Now + milliseconds;
            timer = new Timer(ignored => Cancel(), null, Math.Min(milliseconds, int.MaxValue), Timeout.Infinite);
        }

        /// <summary>How long somebody waits, or null where there is no deadline.</summary>
        public TimeSpan? Remaining => deadline.HasValue ? TimeSpan.FromMilliseconds(deadline.Value - Clock.Now) : (TimeSpan?)null;

        /// <summary>Throws what ends the call, where something does. For long handlers that make no calls.</summary>
        public void Check()
        {
            if (deadline.HasValue && deadline <= Clock.Now)
            {
                throw new BeckonException(ErrorCode.Timeout, "the deadline of the call has passed");
            }
            if (cancellation.IsCancellationRequested)
            {
                throw new BeckonException(ErrorCode.Cancelled, "the caller cancelled the call");
            }
        }

        /// <summary>Sleeps, but ends with the call; other calls of the session may run meanwhile.</summary>
        public void Sleep(TimeSpan time)
        {
            using (Turns.GiveAway()) Cancellation.WaitHandle.WaitOne(time);
            Check();
        }

        internal void Cancel()
        {
            // On another thread: who registered with the token may do anything.
            Workers.Run(() =>
            {
                try
                {
                    cancellation.Cancel();
                }
                catch (AggregateException)
                {
                    // What they throw has nobody to go to.
                }
            });
        }

        /// <summary>It is answered.</summary>
        internal void End()
        {
            isOver = true;
            timer?.Dispose();
        }
    }

    /// <summary>Milliseconds that only ever go forward.</summary>
    internal static class Clock
    {
        public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);
    }
}
