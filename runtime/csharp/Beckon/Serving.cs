// Calls of the peer that this side serves: order, promises, deadlines, answers.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>Calls of the peer. Thread-safety: any thread.</summary>
    internal sealed class Serving
    {
        private readonly Session session;
        private readonly object gate = new object();
        private readonly Dictionary<uint, Served> served = new Dictionary<uint, Served>();
        private readonly Promises promises;
        private long bytes;
        private long onewayBytes;

        public Serving(Session session)
        {
            this.session = session;
            promises = new Promises(session.Tables);
        }

        // What arrives.

        /// <summary>A call frame.</summary>
        public void Take(Head head, byte[] content)
        {
            var isOneway = (head.Flags & FrameFlag.Oneway) != 0;
            Promise promise;
            lock (gate)
            {
                if (isOneway)
                {
                    if (onewayBytes + head.Size > session.Hello.MaxCallBytes) return;
                    onewayBytes += head.Size;
                }
                else
                {
                    var refusal = Refusal(head);
                    if (refusal != null)
                    {
                        session.Refuse(head.Call, refusal);
                        return;
                    }
                    served.Add(head.Call, new Served { Call = new Call(session, head.Call, false), Size = head.Size });
                    bytes += head.Size;
                }
                promise = promises.Find(head.Object);
                if (promise != null)
                {
                    try
                    {
                        promises.Hold(promise, head, content);
                    }
                    catch (BeckonException error)
                    {
                        Refuse(head, error);
                        return;
                    }
                }
            }
            if (promise == null) Begin(head, content, 0, false);
            else if ((head.Flags & FrameFlag.Promise) != 0) OpenPromiseOfHeld(head, content, promise.Depth + 1);
        }

        private BeckonException Refusal(Head head)
        {
            var hello = session.Hello;
            if (session.Draining != null) return new BeckonException(ErrorCode.Overloaded, session.Draining);
            if (head.Call == 0 || served.ContainsKey(head.Call))
            {
                return Errors.Protocol("a call with the number " + head.Call + ", which is in use");
            }
            if (served.Count >= hello.MaxCallsInFlight)
            {
                return Errors.Limit(hello.MaxCallsInFlight + " calls are in flight; more are not allowed");
            }
            if (served.Count > 0 && bytes >= hello.MaxCallBytes)
            {
                return Errors.Limit("calls of " + hello.MaxCallBytes + " bytes are in flight; more are not allowed");
            }
            return null;
        }

        /// <summary>A held call's own promise exists from now on.</summary>
        private void OpenPromiseOfHeld(Head head, byte[] content, int depth)
        {
            try
            {
                var extras = Extras.Read(head.Flags, new Reader(content));
                lock (gate) promises.Open(extras.Promise ?? 0, depth);
            }
            catch (BeckonException)
            {
                // The call will be refused for it when its turn comes.
            }
        }

        /// <summary>Reads the call and puts it into the line of those that start.</summary>
        private void Begin(Head head, byte[] content, int depth, bool isHeld)
        {
            Extras extras = null;
            Served call;
            try
            {
                var outer = new Reader(content);
                extras = Extras.Read(head.Flags, outer);
                var export = session.Target(head.Object);
                if (export.Error != null)
                {
                    Refuse(head, export.Error, extras);
                    return;
                }
                var method = export.Info.Find(head.Method);
                Invocation invocation = null;
                uint promise = 0;
                // A part of the message is read as a whole one: it begins at a multiple of 8.
                session.ReadMessage(content, outer.At, export.Info, source => invocation = method.Read(source), () =>
                {
                    if (extras.Promise.HasValue)
                    {
                        lock (gate)
                        {
                            var isOpen = isHeld && promises.Find(extras.Promise.Value) != null;
                            if (!isOpen) promises.Open(extras.Promise.Value, depth);
                        }
                        promise = extras.Promise.Value;
                    }
                });
                lock (gate)
                {
                    var isOneway = (head.Flags & FrameFlag.Oneway) != 0;
                    if (isOneway) call = new Served { Call = new Call(session, 0, true), Size = head.Size };
                    else if (!served.TryGetValue(head.Call, out call)) return;
                }
                call.Promise = promise;
                call.Method = method;
                call.Invocation = invocation;
                call.Target = export.Value;
                call.Call.Metadata = extras.Metadata;
                if (extras.Milliseconds.HasValue) call.Call.SetDeadline(extras.Milliseconds.Value);
            }
            catch (Exception error)
            {
                var refusal = error as BeckonException ?? new BeckonException(ErrorCode.Internal, error.Message);
                Refuse(head, refusal, isHeld ? extras : null);
                return;
            }
            session.Turns.Add(() => Guard(() => Run(call)));
        }

        private void Refuse(Head head, Exception error, Extras extras = null)
        {
            lock (gate)
            {
                if (extras?.Promise != null && promises.Find(extras.Promise.Value) != null)
                {
                    promises.Settle(extras.Promise.Value, null, error, BeginHeld);
                }
                if ((head.Flags & FrameFlag.Oneway) != 0)
                {
                    onewayBytes -= head.Size;
                    return;
                }
                Served found;
                if (served.TryGetValue(head.Call, out found))
                {
                    served.Remove(head.Call);
                    bytes -= found.Size;
                }
            }
            session.Refuse(head.Call, error);
        }

        private void BeginHeld(Head head, byte[] content, int depth) { Begin(head, content, depth, true); }

        public void Cancel(uint number)
        {
            Served found;
            lock (gate)
            {
                if (!served.TryGetValue(number, out found)) return;
            }
            found.Call.Cancel();
        }

        public void CancelAll()
        {
            List<Served> ended;
            lock (gate) ended = served.Values.ToList();
            foreach (var each in ended) each.Call.Cancel();
        }

        public void Release(IEnumerable<KeyValuePair<uint, uint>> released)
        {
            lock (gate) promises.Release(released);
        }

        // What is run.

        private void Run(Served call)
        {
            Call.Current = call.Call;
            Task running;
            try
            {
                call.Call.Check();
                running = call.Invocation.Run(call.Target, call.Call.Cancellation);
                if (running == null) throw new InvalidOperationException(call.Method.Name + " gave null for a task");
            }
            catch (Exception error)
            {
                running = Task.FromException(error);
            }
            Call.Current = null;
            if (running.IsCompleted)
            {
                if (!call.Call.IsOneway) session.WaitForRoom();
                Answer(call, running);
            }
            else
            {
                running.ContinueWith(done => Guard(() => Answer(call, done)), TaskScheduler.Default);
            }
        }

        /// <summary>What goes wrong in the runtime itself ends the session, not the program.</summary>
        private void Guard(Action action)
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                session.End(new BeckonException(ErrorCode.Internal, "this side failed: " + error.Message));
            }
        }

        private void Answer(Served call, Task done)
        {
            call.Call.End();
            SendAnswer(call, done);
            // What the handler did not keep is garbage from now on, although a thread may remember the call for a while.
            call.Target = null;
            call.Invocation = null;
        }

        private void SendAnswer(Served call, Task done)
        {
            var error = call.ErrorOf(done);
            var target = new Writer(session);
            byte[] reply = null;
            if (error == null && !call.Call.IsOneway)
            {
                try
                {
                    if (call.Promise == 0 || !WritePromised(call, done, target)) call.Invocation.WriteResult(target, done);
                    reply = Frame.Pack(FrameType.Reply, target.ToArray(), call: call.Call.Number);
                    session.CheckSize(reply.Length);
                }
                catch (Exception failure)
                {
                    session.Abandon(target);
                    error = failure;
                    (error as BeckonException)?.While("in the result of " + call.Method.Name);
                }
            }
            lock (gate)
            {
                if (call.Call.IsOneway)
                {
                    onewayBytes -= call.Size;
                    return;
                }
                served.Remove(call.Call.Number);
                bytes -= call.Size;
                if (error == null)
                {
                    session.Commit(target);
                    session.Send(reply);
                }
                else
                {
                    session.SendError(call.Call.Number, error);
                }
                foreach (var each in target.Used) each.Leave();
                if (call.Promise != 0)
                {
                    promises.Settle(call.Promise, error == null ? call.Invocation.ObjectOf(done) : null, error, BeginHeld);
                }
            }
        }

        /// <summary>Writes that the promise is kept, where the object has no other number.</summary>
        private bool WritePromised(Served call, Task done, Writer target)
        {
            var lent = call.Invocation.ObjectOf(done);
            if (lent == null || session.Tables.IsLent(lent.Value, lent.Info)) return false;
            target.U8(3);
            lock (gate)
            {
                if (!promises.Find(call.Promise).IsReleased) session.Tables.KeepPromise(call.Promise, lent.Value, lent.Info, true);
            }
            return true;
        }
    }
}
