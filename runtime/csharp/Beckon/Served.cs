// A call of the peer that is being served.
using System;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>A call between its arrival and its answer.</summary>
    internal sealed class Served
    {
        public Call Call;
        public uint Size;
        public uint Promise;
        public Method Method;
        public Invocation Invocation;
        public object Target;

        /// <summary>What it has ended with; null for a result.</summary>
        public Exception ErrorOf(Task done)
        {
            if (done.IsCanceled)
            {
                var isLate = Call.Remaining.HasValue && Call.Remaining.Value <= TimeSpan.Zero;
                return isLate
                    ? new BeckonException(ErrorCode.Timeout, "the deadline of the call has passed")
                    : new BeckonException(ErrorCode.Cancelled, "the caller cancelled the call");
            }
            var error = done.Exception?.InnerException;
            if (!(error is OperationCanceledException) || !Call.Cancellation.IsCancellationRequested) return error;
            return ErrorOf(Task.FromCanceled(Call.Cancellation));
        }
    }
}
