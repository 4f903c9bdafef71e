// Streams that this side produces.
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>A stream of this side, whatever its items are. Runs only while the reader has given credit.</summary>
    internal abstract class Outgoing
    {
        protected readonly object Gate = new object();
        private long credit;
        private bool isStopped;
        private TaskCompletionSource<bool> waiter;

        public Session Session;
        public uint Number;
        public bool IsBegun { get; private set; }

        public void AddCredit(uint size)
        {
            lock (Gate)
            {
                credit += size;
                if (!IsBegun)
                {
                    IsBegun = true;
                    Begin();
                }
                Wake();
            }
        }

        public void Stop()
        {
            var isOver = false;
            lock (Gate)
            {
                isStopped = true;
                if (!IsBegun) isOver = IsBegun = true;
                Wake();
            }
            if (!isOver) return;
            Discard();
            End(null);
        }

        private void Wake()
        {
            Monitor.PulseAll(Gate);
            waiter?.TrySetResult(true);
            waiter = null;
        }

        protected abstract void Begin();

        /// <summary>Nobody reads it.</summary>
        public abstract void Discard();

        /// <summary>Waits until an item may be sent; false where the reader wants no more.</summary>
        protected bool WaitForCredit()
        {
            lock (Gate)
            {
                while (credit <= 0 && !isStopped) Monitor.Wait(Gate);
                return !isStopped;
            }
        }

        protected async Task<bool> WaitForCreditAsync()
        {
            while (true)
            {
                Task<bool> next;
                lock (Gate)
                {
                    if (isStopped) return false;
                    if (credit > 0) return true;
                    waiter = waiter ?? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                    next = waiter.Task;
                }
                await next.ConfigureAwait(false);
            }
        }

        protected void Send(Writer item)
        {
            var frame = Frame.Pack(FrameType.StreamItem, item.ToArray(), call: Number);
            Session.CheckSize(frame.Length);
            lock (Gate) credit -= item.Size + Head.Bytes;
            Session.Commit(item);
            Session.Send(frame);
        }

        protected void End(Exception error)
        {
            if (!Session.EndOutgoing(this)) return;
            var content = error == null ? Frame.Nothing : ErrorFrames.Pack(error, Session.SendTraces);
            Session.Send(Frame.Pack(FrameType.StreamEnd, content, call: Number));
        }
    }

    internal sealed class Outgoing<T> : Outgoing
    {
        private readonly Stream<T> source;
        private readonly Codec<T> codec;

        public Outgoing(Stream<T> source, Codec<T> codec)
        {
            this.source = source;
            this.codec = codec;
        }

        public override void Discard() { source.Dispose(); }

        protected override void Begin()
        {
            // What is enumerated may wait in between, and has a thread for it.
            if (source is EnumeratedStream<T>) Workers.Run(Produce);
            else Task.Run(ProduceAsync);
        }

        private void SendItem(T item)
        {
            var target = new Writer(Session);
            try
            {
                codec.Write(target, item);
                Send(target);
            }
            catch (Exception)
            {
                Session.Abandon(target);
                throw;
            }
            foreach (var each in target.Used) each.Leave();
        }

        private void Produce()
        {
            Exception failure = null;
            try
            {
                while (source.MoveNext() && WaitForCredit()) SendItem(source.Current);
            }
            catch (Exception error)
            {
                failure = error;
            }
            Finish(failure);
        }

        private async Task ProduceAsync()
        {
            Exception failure = null;
            try
            {
                while (await source.MoveNextAsync().ConfigureAwait(false) && await WaitForCreditAsync().ConfigureAwait(false))
                {
                    SendItem(source.Current);
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
            Finish(failure);
        }

        private void Finish(Exception failure)
        {
            try
            {
                source.Dispose();
            }
            catch (Exception error)
            {
                failure = failure ?? error;
            }
            End(failure);
        }
    }
}
