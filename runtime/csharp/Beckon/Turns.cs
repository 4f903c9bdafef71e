// Whose turn it is among the handlers of one session.
using System;
using System.Collections.Generic;
using System.Threading;

namespace Beckon
{
    /// <summary>
    /// Calls start in the order of their arrival, one at a time. A handler gives its turn away while it waits in a call of
    /// its own, and gets it back before it goes on.
    /// </summary>
    internal sealed class Turns
    {
        private readonly object gate = new object();
        private readonly Queue<ManualResetEventSlim> returning = new Queue<ManualResetEventSlim>();
        private readonly Queue<Action> ready = new Queue<Action>();
        [ThreadStatic] private static Turns mine;
        private bool isTaken;

        /// <summary>Runs it on another thread once its turn has come.</summary>
        public void Add(Action work)
        {
            lock (gate) ready.Enqueue(work);
            Next();
        }

        private void Next()
        {
            lock (gate)
            {
                if (isTaken || (returning.Count == 0 && ready.Count == 0)) return;
                isTaken = true;
                if (returning.Count > 0)
                {
                    returning.Dequeue().Set();
                    return;
                }
            }
            Workers.Run(Serve);
        }

        /// <summary>Runs what is ready, as long as nobody waits to get the turn back.</summary>
        private void Serve()
        {
            mine = this;
            while (true)
            {
                Action work;
                lock (gate)
                {
                    if (returning.Count > 0 || ready.Count == 0)
                    {
                        isTaken = false;
                        break;
                    }
                    work = ready.Dequeue();
                }
                work();
            }
            mine = null;
            Next();
        }

        /// <summary>
        /// Around each wait, whomever it is for: gives away the turn that this thread has, in whichever session. Does nothing
        /// on threads that have none.
        /// </summary>
        public static IDisposable GiveAway()
        {
            var turns = mine;
            if (turns == null) return null;
            mine = null;
            lock (turns.gate) turns.isTaken = false;
            turns.Next();
            return new Return(turns);
        }

        private void TakeBack()
        {
            var back = new ManualResetEventSlim();
            lock (gate)
            {
                if (isTaken) returning.Enqueue(back);
                else
                {
                    isTaken = true;
                    back.Set();
                }
            }
            back.Wait();
            mine = this;
        }

        private sealed class Return : IDisposable
        {
            private readonly Turns turns;

            public Return(Turns turns) { this.turns = turns; }

            public void Dispose() { turns.TakeBack(); }
        }
    }
}
