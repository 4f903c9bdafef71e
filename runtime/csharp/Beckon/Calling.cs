// Calls of ours that the peer serves: numbers, credit, answers.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Beckon
{
    /// <summary>Thread-safety: any thread.</summary>
    internal sealed class Calling
    {
        private readonly Session session;
        private readonly object gate = new object();
        private readonly Dictionary<uint, PendingCall> sent = new Dictionary<uint, PendingCall>();
        private long bytes;
        private uint last;

        public Calling(Session session) { this.session = session; }

        /// <summary>Encodes a call and sends it; `isAsync` says not to wait here for the peer to take it.</summary>
        public PendingCall<R> Start<R>(
            Proxy target, CallOptions options, int index, Codec<R> result, Action<Writer> arguments,
            CancellationToken cancellation, bool isAsync = false)
        {
            cancellation.ThrowIfCancellationRequested();
            var call = Call.Current;
            var now = Clock.Now;
            var pending = new PendingCall<R>(result)
            {
                Session = session, Info = target.Info, Method = target.Info.Methods[index], Target = target.Remote, Began = now,
            };
            pending.What = "calling " + target.Info.Name + "." + pending.Method.Name + " of " + session.Endpoint;
            var isEndless = options.Timeout == Timeout.InfiniteTimeSpan;
            var milliseconds = isEndless ? uint.MaxValue : options.Timeout.TotalMilliseconds;
            var left = call?.Remaining;
            if (left.HasValue) milliseconds = Math.Min(milliseconds, left.Value.TotalMilliseconds);
            milliseconds = Math.Min(Math.Max(milliseconds, 1), uint.MaxValue);
            pending.Deadline = now + (long)milliseconds;
            Encode(pending, target, options, call, (uint)milliseconds, index, arguments);
            pending.Target.Enter();
            Listen(pending, call, cancellation);
            try
            {
                session.CheckSize(pending.Frame.Length);
                if (isAsync)
                {
                    if (!TrySend(pending)) Workers.Run(() => SendLater(pending));
                }
                else
                {
                    session.WaitForRoom();
                    while (!TrySend(pending)) WaitForCredit(pending);
                }
            }
            catch (Exception)
            {
                Drop(pending);
                if (!pending.IsOver) throw;
            }
            return pending;
        }

        private void Encode(
            PendingCall pending, Proxy target, CallOptions options, Call call, uint milliseconds, int index,
            Action<Writer> arguments)
        {
            var extras = new Extras { Metadata = new Dictionary<string, string>(options.Metadata) };
            if (!pending.Method.IsOneway)
            {
                extras.Milliseconds = milliseconds;
                if (call != null && ReferenceEquals(call.Session, session) && !call.IsOneway) extras.Parent = call.Number;
            }
            var written = pending.Written = new Writer(session);
            var flags = extras.Pack(written);
            try
            {
                arguments(written);
            }
            catch (Exception error)
            {
                session.Abandon(written);
                (error as BeckonException)?.While("while " + pending.What);
                throw;
            }
            if (pending.Method.IsOneway) flags |= FrameFlag.Oneway;
            pending.Frame = Frame.Pack(FrameType.Call, written.ToArray(), flags, index, 0, target.Remote.Number);
        }

        private static void Listen(PendingCall pending, Call call, CancellationToken cancellation)
        {
            lock (pending.Registrations)
            {
                if (cancellation.CanBeCanceled)
                {
                    pending.Registrations.Add(
                        cancellation.Register(() => pending.Cancel(new OperationCanceledException(cancellation))));
                }
                if (call == null || call.Cancellation == cancellation) return;
                pending.Registrations.Add(call.Cancellation.Register(() =>
                    pending.Cancel(call.Remaining.HasValue && call.Remaining.Value <= TimeSpan.Zero
                        ? pending.Timeout()
                        : new BeckonException(ErrorCode.Cancelled, "the call in whose handler it was made has ended"))));
            }
        }

        private void SendLater(PendingCall pending)
        {
            try
            {
                session.WaitForRoom();
                while (!TrySend(pending)) WaitForCredit(pending);
            }
            catch (Exception error)
            {
                Drop(pending);
                pending.Fail(error);
            }
        }

        private bool HasCredit()
        {
            var hello = session.PeerHello;
            return sent.Count == 0 || (sent.Count < hello.MaxCallsInFlight && bytes < hello.MaxCallBytes);
        }

        /// <summary>Sends it if the peer takes it now. Locked, so that calls leave in the order of their numbers.</summary>
        private bool TrySend(PendingCall pending)
        {
            lock (gate)
            {
                session.CheckOpen();
                if (pending.IsOver) throw new BeckonException(ErrorCode.Cancelled, "this side cancelled the call");
                if (!pending.Method.IsOneway)
                {
                    if (!HasCredit()) return false;
                    do ++last;
                    while (last == 0 || sent.ContainsKey(last));
                    pending.Number = last;
                    for (var i = 0; i < 4; ++i) pending.Frame[8 + i] = (byte)(last >> 8 * i);
                    sent.Add(last, pending);
                    bytes += pending.Size = pending.Frame.Length;
                }
                session.Commit(pending.Written);
                session.Send(pending.Frame);
                pending.Frame = null;
            }
            if (pending.Method.IsOneway)
            {
                pending.Settle();
                End(pending);
            }
            return true;
        }

        private void WaitForCredit(PendingCall pending)
        {
            using (Turns.GiveAway())
            {
                lock (gate)
                {
                    while (!HasCredit() && session.Ended == null && !pending.IsOver)
                    {
                        var left = pending.Deadline - Clock.Now;
                        if (left <= 0) throw new BeckonException(ErrorCode.Timeout, "the peer took no further call in time");
                        Monitor.Wait(gate, (int)Math.Min(left, 1000));
                    }
                }
            }
        }

        /// <summary>It was not sent.</summary>
        private void Drop(PendingCall pending)
        {
            session.Abandon(pending.Written);
            End(pending);
        }

        /// <summary>Nothing is kept for it any more.</summary>
        private static void End(PendingCall pending)
        {
            pending.Forget();
            foreach (var each in pending.Written.Used) each.Leave();
            pending.Written.Used.Clear();
            pending.Target.Leave();
        }

        public void SendCancel(PendingCall pending)
        {
            lock (gate)
            {
                PendingCall found;
                if (sent.TryGetValue(pending.Number, out found) && ReferenceEquals(found, pending))
                {
                    session.Send(Frame.Pack(FrameType.Cancel, call: pending.Number));
                }
                Monitor.PulseAll(gate);
            }
        }

        /// <summary>A reply or an error; one to no call is ignored.</summary>
        public void Answer(Head head, byte[] content)
        {
            PendingCall pending;
            lock (gate)
            {
                if (!sent.TryGetValue(head.Call, out pending)) return;
                sent.Remove(head.Call);
                bytes -= pending.Size;
                Monitor.PulseAll(gate);
            }
            try
            {
                if (head.Type == FrameType.Error)
                {
                    if ((head.Flags & FrameFlag.Untaken) != 0) session.TakeBack(pending.Written);
                    pending.Fail(ErrorFrames.Read(content, pending.Info.Declared));
                }
                else
                {
                    session.ReadMessage(content, 0, pending.Info, pending.Reply);
                    pending.Settle();
                }
            }
            catch (Exception error)
            {
                pending.Fail(error);
            }
            session.ForgetUnread(pending.Written);
            End(pending);
        }

        public void FailAll(Exception error)
        {
            List<PendingCall> failed;
            lock (gate)
            {
                failed = sent.Values.ToList();
                sent.Clear();
                Monitor.PulseAll(gate);
            }
            foreach (var each in failed)
            {
                each.Fail(error);
                End(each);
            }
        }
    }
}
