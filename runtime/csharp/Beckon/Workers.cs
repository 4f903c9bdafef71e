// Threads for handlers, kept for a while.
using System;
using System.Collections.Generic;
using System.Threading;

namespace Beckon
{
    /// <summary>
    /// Handlers may wait for each other to any depth, so each has a thread of its own at once: the pool of .NET gives the
    /// next one only after a while.
    /// </summary>
    internal static class Workers
    {
        private const int IdleMilliseconds = 1000; // not more: a thread's stack may keep what it has used last
        private static readonly object Gate = new object();
        private static readonly LinkedList<Idler> Idle = new LinkedList<Idler>();

        /// <summary>Runs it at once, on a thread that waits for work or on a new one.</summary>
        public static void Run(Action work)
        {
            lock (Gate)
            {
                if (Idle.Count > 0)
                {
                    var idler = Idle.Last.Value;
                    Idle.RemoveLast();
                    idler.Give(work);
                    return;
                }
            }
            Start(new Thread(() => Serve(work)) { IsBackground = true, Name = "beckon" });
        }

        /// <summary>Waits for its end, unless it is the caller's own or has not begun: who stops a session may come before that.</summary>
        public static void Join(Thread thread, int milliseconds)
        {
            bool hasBegun = (thread.ThreadState & ThreadState.Unstarted) == 0;
            if (hasBegun && Thread.CurrentThread != thread) thread.Join(milliseconds);
        }

        /// <summary>What flows along with the caller (Call.Current) stays there.</summary>
        public static void Start(Thread thread)
        {
            if (ExecutionContext.IsFlowSuppressed())
            {
                thread.Start();
                return;
            }
            using (ExecutionContext.SuppressFlow()) thread.Start();
        }

        private static void Serve(Action work)
        {
            while (work != null)
            {
                Call.Current = null;
                work();
                work = Next();
            }
        }

        private static Action Next()
        {
            var self = new Idler();
            lock (Gate) Idle.AddLast(self);
            self.Wait();
            lock (Gate)
            {
                Idle.Remove(self);
                return self.Work;
            }
        }

        /// <summary>
        /// A thread without work. Each waits at a monitor of its own: while two threads wait at one, Mono's
        /// Environment.Exit takes two minutes.
        /// </summary>
        private sealed class Idler
        {
            public Action Work { get; private set; }

            public void Give(Action work)
            {
                lock (this)
                {
                    Work = work;
                    Monitor.Pulse(this);
                }
            }

            public void Wait()
            {
                lock (this)
                {
                    if (Work == null) Monitor.Wait(this, IdleMilliseconds);
                }
            }
        }
    }
}
