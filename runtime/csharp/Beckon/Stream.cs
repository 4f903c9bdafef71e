// Streams as programs give and take them: item by item, when they are asked for.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>
    /// Items that come one after another: by <see cref="MoveNextAsync"/> and <see cref="Current"/>, or by foreach, which waits
    /// in between. One reader. Dispose() wants no more. To give one, see <see cref="Stream"/>.
    /// </summary>
    public abstract class Stream<T> : IEnumerable<T>, IDisposable
    {
        /// <summary>The item to which MoveNextAsync() has gone.</summary>
        public abstract T Current { get; }

        /// <summary>Goes to the next item; false at the end.</summary>
        public abstract Task<bool> MoveNextAsync(CancellationToken cancellation = default(CancellationToken));

        /// <summary>The same, waiting for it.</summary>
        public virtual bool MoveNext() => Handlers.Wait(MoveNextAsync());

        /// <summary>Wants no more items.</summary>
        public virtual void Dispose() { }

        /// <summary>The items from here on; the stream is disposed of behind them.</summary>
        public IEnumerator<T> GetEnumerator()
        {
            using (this)
            {
                while (MoveNext()) yield return Current;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Takes the items of a stream: what Stream.Produce() gives its producer.</summary>
    public interface IStreamSink<T>
    {
        /// <summary>Gives the next item; waits until the reader wants it. Throws OperationCanceledException if he never will.</summary>
        Task WriteAsync(T item);
    }

    /// <summary>Makes streams.</summary>
    public static class Stream
    {
        /// <summary>The items of a list, of an iterator, of whatever foreach takes.</summary>
        public static Stream<T> Of<T>(IEnumerable<T> items)
        {
            if (items == null) throw Errors.Wrong("a stream", null);
            return items as Stream<T> ?? new EnumeratedStream<T>(items);
        }

        /// <summary>What an asynchronous function writes; the stream ends when it does.</summary>
        public static Stream<T> Produce<T>(Func<IStreamSink<T>, Task> producer) => new ProducedStream<T>(producer);
    }

    /// <summary>A stream made of anything that can be enumerated.</summary>
    internal sealed class EnumeratedStream<T> : Stream<T>
    {
        private readonly IEnumerable<T> items;
        private IEnumerator<T> place;

        public EnumeratedStream(IEnumerable<T> items) { this.items = items; }

        public override T Current => place.Current;

        public override bool MoveNext()
        {
            place = place ?? items.GetEnumerator();
            return place.MoveNext();
        }

        public override Task<bool> MoveNextAsync(CancellationToken cancellation = default(CancellationToken))
        {
            cancellation.ThrowIfCancellationRequested();
            return Handlers.Run(MoveNext);
        }

        public override void Dispose() { place?.Dispose(); }
    }

    /// <summary>A stream written by an asynchronous function, which runs from one item to the next as they are wanted.</summary>
    internal sealed class ProducedStream<T> : Stream<T>, IStreamSink<T>
    {
        private readonly Func<IStreamSink<T>, Task> producer;
        private readonly object gate = new object();
        private TaskCompletionSource<bool> wanted = New();
        private TaskCompletionSource<bool> given;
        private Task running;
        private bool isEnded;
        private T current;

        public ProducedStream(Func<IStreamSink<T>, Task> producer) { this.producer = producer; }

        public override T Current => current;

        private static TaskCompletionSource<bool> New() =>
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<bool> MoveNextAsync(CancellationToken cancellation = default(CancellationToken))
        {
            Task<bool> next;
            lock (gate)
            {
                given = New();
                next = given.Task;
                wanted.TrySetResult(true);
                if (running == null) running = Task.Run(RunAsync);
                else if (isEnded) given.TrySetResult(false);
            }
            using (cancellation.Register(() => given.TrySetCanceled())) return await next.ConfigureAwait(false);
        }

        private async Task RunAsync()
        {
            Exception failure = null;
            try
            {
                await wanted.Task.ConfigureAwait(false);
                await producer(this).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                failure = error;
            }
            lock (gate)
            {
                isEnded = true;
                if (failure == null) given.TrySetResult(false);
                else given.TrySetException(failure);
            }
        }

        public async Task WriteAsync(T item)
        {
            Task<bool> next;
            lock (gate)
            {
                if (wanted.Task.IsCanceled) throw new OperationCanceledException("the stream's reader wants no more");
                current = item;
                wanted = New();
                next = wanted.Task;
                given.TrySetResult(true);
            }
            await next.ConfigureAwait(false);
        }

        public override void Dispose()
        {
            lock (gate)
            {
                if (!wanted.TrySetCanceled()) wanted = Cancelled();
            }
        }

        private static TaskCompletionSource<bool> Cancelled()
        {
            var made = New();
            made.SetCanceled();
            return made;
        }
    }
}
