// Peers' objects, as this side holds them.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>
    /// The base of generated interfaces. A peer's object is given back by Dispose(), or when it is garbage; on an object of
    /// this side Dispose() does what its class says.
    /// </summary>
    public interface IObject : IDisposable { }

    /// <summary>The base of objects that can be lent: generated servants derive from it.</summary>
    public abstract class Servant : IObject
    {
        /// <summary>Called by nobody but the program itself. Does nothing.</summary>
        public virtual void Dispose() { }

        /// <summary>
        /// A peer that held the object has given it back, or its session has ended: once for each session. Does nothing. What
        /// it throws ends the session; it runs where the session reads, and must not wait.
        /// </summary>
        protected virtual void OnReleased() { }

        internal void TellReleased() { OnReleased(); }
    }

    /// <summary>How the methods of one view of an object are called.</summary>
    internal sealed class CallOptions
    {
        public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
        public static readonly CallOptions Default = new CallOptions(DefaultTimeout, new Dictionary<string, string>());

        public CallOptions(TimeSpan timeout, IDictionary<string, string> metadata)
        {
            Timeout = timeout;
            Metadata = metadata;
        }

        public TimeSpan Timeout { get; }
        public IDictionary<string, string> Metadata { get; }
    }

    /// <summary>
    /// An object that a peer lent. Two are equal if they mean the same object. Thread-safety: any thread.
    /// </summary>
    public class Proxy : IObject
    {
        private int isReleased;
        private CallOptions options = CallOptions.Default;

        internal InterfaceInfo Info { get; private set; }
        internal Remote Remote { get; private set; }

        internal void Bind(InterfaceInfo info, Remote remote)
        {
            Info = info;
            Remote = remote;
        }

        /// <summary>Gives the object back, for this proxy. Calls that are in flight go on.</summary>
        public void Dispose()
        {
            GC.SuppressFinalize(this);
            Release();
        }

        /// <summary>Gives the object back. Where the program ends, threads stand still, some with locks that this needs.</summary>
        ~Proxy()
        {
            if (!Environment.HasShutdownStarted) Release();
        }

        private void Release()
        {
            if (Remote != null && Interlocked.Exchange(ref isReleased, 1) == 0) Remote.Leave();
        }

        /// <summary>The same object; calls through it have these options.</summary>
        public static T With<T>(T peersObject, TimeSpan? timeout = null, IDictionary<string, string> metadata = null)
            where T : class
        {
            var proxy = Of(peersObject);
            var made = proxy.Another(proxy.Info);
            made.options = new CallOptions(timeout ?? proxy.options.Timeout, metadata ?? proxy.options.Metadata);
            return (T)(object)made;
        }

        /// <summary>The same peer's object as another interface; an object of this side as it is.</summary>
        public static T Cast<T>(object value) where T : class
        {
            var info = Generated.InterfaceOf(typeof(T));
            return value as T ?? (T)(object)Of(value).Another(info);
        }

        private static Proxy Of(object value)
        {
            var found = value as Proxy;
            if (found == null) throw Errors.Wrong("a peer's object", value);
            return found;
        }

        private Proxy Another(InterfaceInfo info)
        {
            CheckHeld();
            Remote.Enter();
            return info.ProxyOf(Remote);
        }

        private void CheckHeld()
        {
            if (isReleased != 0) throw new ObjectDisposedException(Info.Name);
        }

        /// <summary>Calls a method and waits for its result.</summary>
        protected R Call<R>(int method, Codec<R> result, Action<Writer> arguments)
        {
            CheckHeld();
            return Remote.Session.Calling.Start(this, options, method, result, arguments, CancellationToken.None).Wait();
        }

        /// <summary>Calls a method. To cancel asks the peer to end it, and waits no longer.</summary>
        protected Task<R> CallAsync<R>(int method, Codec<R> result, Action<Writer> arguments, CancellationToken cancellation)
        {
            try
            {
                CheckHeld();
                return Remote.Session.Calling.Start(this, options, method, result, arguments, cancellation, true).Finish();
            }
            catch (OperationCanceledException)
            {
                return Task.FromCanceled<R>(cancellation);
            }
            catch (Exception error)
            {
                return Task.FromException<R>(error);
            }
        }

        /// <summary>Whether it means the same object.</summary>
        public override bool Equals(object other)
        {
            var proxy = other as Proxy;
            return proxy != null && ReferenceEquals(proxy.Remote, Remote);
        }

        /// <inheritdoc/>
        public override int GetHashCode() => Remote.GetHashCode();

        /// <inheritdoc/>
        public override string ToString() => Info.Name + " #" + Remote.Number + " of " + Remote.Session.Endpoint;
    }

    /// <summary>How generated servants join methods that wait with those that do not.</summary>
    public static class Handlers
    {
        /// <summary>Runs a function now, as a task that is over.</summary>
        public static Task<R> Run<R>(Func<R> function)
        {
            try
            {
                return Task.FromResult(function());
            }
            catch (Exception error)
            {
                return Task.FromException<R>(error);
            }
        }

        /// <summary>Runs an action now, as a task that is over.</summary>
        public static Task Run(Action action) => Run(() =>
        {
            action();
            return default(Nothing);
        });

        /// <summary>Waits for a task, and throws what it threw.</summary>
        public static R Wait<R>(Task<R> task) => task.GetAwaiter().GetResult();

        /// <summary>Waits for a task, and throws what it threw.</summary>
        public static void Wait(Task task) { task.GetAwaiter().GetResult(); }
    }
}
