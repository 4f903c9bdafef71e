// A call that is not answered yet.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>What is kept of a call until it is answered.</summary>
    internal abstract class PendingCall
    {
        public Session Session;
        public InterfaceInfo Info;
        public Method Method;
        public Remote Target;
        public Writer Written;
        public byte[] Frame;
        public int Size;
        public string What;
        public long Began;
        public long Deadline;
        public uint Number;
        /// <summary>Ends the call from outside: the caller's token, and the call in whose handler it is made.</summary>
        public readonly List<CancellationTokenRegistration> Registrations = new List<CancellationTokenRegistration>();
        public Timer Timer;

        /// <summary>Milliseconds until the deadline, as much of it as can be waited for at once.</summary>
        protected long Left => Math.Max(0, Math.Min(Deadline - Clock.Now, int.MaxValue));

        public abstract bool IsOver { get; }
        public abstract void Reply(Reader source);
        public abstract void Fail(Exception error);
        public abstract void Settle();

        /// <summary>Gives up: asks the peer to end the call where it has it.</summary>
        public void Cancel(Exception why)
        {
            if (IsOver) return;
            Fail(why);
            Session.Calling.SendCancel(this);
        }

        public BeckonException Timeout() =>
            new BeckonException(ErrorCode.Timeout, "no answer within " + (Deadline - Began) + " ms").While("while " + What);

        /// <summary>Nothing will end it any more.</summary>
        public void Forget()
        {
            Timer?.Dispose();
            lock (Registrations)
            {
                foreach (var each in Registrations) each.Dispose();
                Registrations.Clear();
            }
        }
    }

    internal sealed class PendingCall<R> : PendingCall
    {
        private readonly TaskCompletionSource<R> source =
            new TaskCompletionSource<R>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Codec<R> codec;
        private R value;

        public PendingCall(Codec<R> codec) { this.codec = codec; }

        public override bool IsOver => source.Task.IsCompleted;

        public override void Reply(Reader reader) { value = codec.Read(reader); }

        /// <summary>The reply was right.</summary>
        public override void Settle()
        {
            if (value == null && codec.IsAlwaysThere)
            {
                Fail(Errors.Type("the peer gave no object; a method that may do so says optional<...> in the IDL"));
                return;
            }
            source.TrySetResult(value);
        }

        public override void Fail(Exception error)
        {
            var cancelled = error as OperationCanceledException;
            if (cancelled != null) source.TrySetCanceled(cancelled.CancellationToken);
            else source.TrySetException(Errors.Again(error, "while " + What));
        }

        /// <summary>Waits for the answer, or until the deadline.</summary>
        public R Wait()
        {
            using (Turns.GiveAway())
            {
                var answered = ((IAsyncResult)source.Task).AsyncWaitHandle;
                if (!answered.WaitOne((int)Left)) Cancel(Timeout());
            }
            return source.Task.GetAwaiter().GetResult();
        }

        /// <summary>The answer when it comes.</summary>
        public Task<R> Finish()
        {
            if (!IsOver)
            {
                Timer = new Timer(ignored => Cancel(Timeout()), null, Left, System.Threading.Timeout.Infinite);
                if (IsOver) Forget();
            }
            return source.Task;
        }
    }
}
