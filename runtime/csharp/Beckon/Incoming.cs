// Streams of the peer's that this side reads.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>What the session keeps of a peer's stream, also after its reader has dropped it.</summary>
    internal abstract class Incoming
    {
        protected readonly object Gate = new object();
        protected Exception Error;
        private TaskCompletionSource<bool> waiter;

        public Session Session;
        /// <summary>The interface whose method gave or took it: it may end with the exceptions which that declares.</summary>
        public InterfaceInfo Info;
        public uint Number;
        public long Window;
        public long Credit;
        public bool IsOver { get; private set; }
        public bool IsDropped { get; private set; }

        protected abstract bool HasItems { get; }

        /// <summary>Reads an item and puts it into the line.</summary>
        public abstract void Take(Reader source, uint size);

        protected abstract void Clear();

        public void End(Exception error = null)
        {
            lock (Gate)
            {
                if (!IsOver)
                {
                    IsOver = true;
                    Error = error;
                }
                Wake();
            }
        }

        /// <summary>Nobody will read what comes.</summary>
        public void Drop()
        {
            lock (Gate)
            {
                if (!IsOver && !IsDropped && Session != null) Session.Send(Frame.Pack(FrameType.StreamStop, call: Number));
                IsDropped = true;
                Clear();
                Wake();
            }
        }

        protected void Wake()
        {
            Monitor.PulseAll(Gate);
            waiter?.TrySetResult(true);
            waiter = null;
        }

        private bool IsReady => HasItems || IsOver || IsDropped;

        /// <summary>Waits until there is an item or the end.</summary>
        public void Wait()
        {
            var call = Call.Current;
            var cancellation = call == null ? CancellationToken.None : call.Cancellation;
            using (Turns.GiveAway())
            using (cancellation.Register(Shake))
            {
                lock (Gate)
                {
                    while (!IsReady && !cancellation.IsCancellationRequested) Monitor.Wait(Gate);
                    if (IsReady) return;
                }
            }
            call.Check();
        }

        private void Shake()
        {
            lock (Gate) Monitor.PulseAll(Gate);
        }

        public async Task WaitAsync(CancellationToken cancellation)
        {
            var call = Call.Current;
            while (true)
            {
                TaskCompletionSource<bool> mine;
                lock (Gate)
                {
                    if (IsReady) return;
                    mine = waiter = waiter ?? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                }
                var ofCall = call == null ? CancellationToken.None : call.Cancellation;
                using (cancellation.Register(() => mine.TrySetCanceled()))
                using (ofCall.Register(() => mine.TrySetResult(true)))
                {
                    await mine.Task.ConfigureAwait(false);
                }
                call?.Check();
            }
        }
    }

    internal sealed class Incoming<T> : Incoming
    {
        private readonly Codec<T> codec;
        private readonly Queue<KeyValuePair<T, uint>> items = new Queue<KeyValuePair<T, uint>>();
        private long taken;

        public Incoming(Codec<T> codec) { this.codec = codec; }

        protected override bool HasItems => items.Count > 0;

        protected override void Clear() { items.Clear(); }

        public override void Take(Reader source, uint size)
        {
            var value = codec.Read(source);
            source.Finish();
            lock (Gate)
            {
                Credit -= size;
                if (!IsDropped) items.Enqueue(new KeyValuePair<T, uint>(value, size));
                Wake();
            }
        }

        /// <summary>The next item, or false at the end. Gives credit for what was taken.</summary>
        public bool TryTake(out T value)
        {
            long credit = 0;
            lock (Gate)
            {
                value = default(T);
                if (items.Count == 0)
                {
                    if (Error != null && !IsDropped) throw Errors.Again(Error);
                    return false;
                }
                var next = items.Dequeue();
                value = next.Key;
                taken += next.Value;
                if (taken * 2 >= Window && !IsOver && !IsDropped)
                {
                    credit = taken;
                    taken = 0;
                    Credit += credit;
                }
            }
            if (credit > 0) Session.Send(Frame.Pack(FrameType.StreamCredit, call: Number, number: (uint)credit));
            return true;
        }
    }

    /// <summary>A peer's stream as its reader has it. It is stopped by Dispose(), or when it is garbage.</summary>
    internal sealed class RemoteStream<T> : Stream<T>
    {
        private readonly Incoming<T> state;
        private T current;

        public RemoteStream(Incoming<T> state) { this.state = state; }

        /// <summary>Where the program ends, threads stand still, some with locks that this needs.</summary>
        ~RemoteStream()
        {
            if (!Environment.HasShutdownStarted) state.Drop();
        }

        public override T Current => current;

        public override bool MoveNext()
        {
            state.Wait();
            return state.TryTake(out current);
        }

        public override async Task<bool> MoveNextAsync(CancellationToken cancellation = default(CancellationToken))
        {
            await state.WaitAsync(cancellation).ConfigureAwait(false);
            return state.TryTake(out current);
        }

        public override void Dispose()
        {
            GC.SuppressFinalize(this);
            state.Drop();
        }
    }
}
