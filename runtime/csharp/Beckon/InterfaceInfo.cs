// What there is to know of an interface of the IDL.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>An interface: its name and digest, its methods, and how to make a proxy. Generated code derives from it.</summary>
    public class InterfaceInfo
    {
        private static readonly Method[] NoMethods = new Method[0];

        private readonly Lazy<Method[]> methods;
        private readonly byte[] digest;
        private readonly byte[] description;

        /// <summary>An interface by name alone: nothing is known of its methods.</summary>
        internal InterfaceInfo(string name) : this(name, "", "") { }

        /// <summary>Digest and description (docs/wire/schema.md) are in hexadecimal.</summary>
        protected InterfaceInfo(string name, string digest, string description)
        {
            Name = name;
            this.digest = Bytes(digest);
            this.description = Bytes(description);
            methods = new Lazy<Method[]>(MakeMethods);
        }

        /// <summary>The name in the IDL.</summary>
        public string Name { get; }

        /// <summary>The digest that peers compare.</summary>
        public byte[] Digest => (byte[])digest.Clone();

        /// <summary>The description for peers that ask.</summary>
        public byte[] Description => (byte[])description.Clone();

        internal Method[] Methods => methods.Value;

        /// <summary>The methods, in the order of the IDL.</summary>
        protected virtual Method[] MakeMethods() => NoMethods;

        /// <summary>Codecs of the exceptions that reach callers as themselves.</summary>
        protected virtual object[] Exceptions => new object[0];

        internal IEnumerable<IDeclared> Declared => Exceptions.Cast<IDeclared>();

        /// <summary>A proxy without a peer, which the runtime gives one.</summary>
        protected virtual Proxy MakeProxy() => new Proxy();

        internal Proxy ProxyOf(Remote remote)
        {
            var made = MakeProxy();
            made.Bind(this, remote);
            return made;
        }

        internal Method Find(int number)
        {
            if (number < Methods.Length) return Methods[number];
            throw new BeckonException(ErrorCode.UnknownMethod,
                "interface " + Name + " has " + Methods.Length + " methods; the peer called number " + number);
        }

        private static byte[] Bytes(string digits)
        {
            var made = new byte[digits.Length / 2];
            for (var i = 0; i < made.Length; ++i) made[i] = Convert.ToByte(digits.Substring(i * 2, 2), 16);
            return made;
        }
    }

    /// <summary>A method: its name in the IDL, and how a call of it is read.</summary>
    public sealed class Method
    {
        /// <summary>A method whose arguments `read` takes from a message.</summary>
        public Method(string name, Func<Reader, Invocation> read, bool isOneway = false)
        {
            Name = name;
            Read = read;
            IsOneway = isOneway;
        }

        internal string Name { get; }
        internal Func<Reader, Invocation> Read { get; }
        internal bool IsOneway { get; }
    }

    /// <summary>A call whose arguments were read: it can be run.</summary>
    public abstract class Invocation
    {
        internal abstract Task Run(object target, CancellationToken cancellation);
        internal abstract void WriteResult(Writer target, Task finished);
        internal abstract LentObject ObjectOf(Task finished);

        /// <summary>A call that gives a result.</summary>
        public static Invocation Of<I, R>(Codec<R> codec, Func<I, CancellationToken, Task<R>> run) where I : class =>
            new WithResult<I, R>(codec, run);

        /// <summary>A call that gives none.</summary>
        public static Invocation Of<I>(Func<I, CancellationToken, Task> run) where I : class => new WithoutResult<I>(run);

        private static I TargetOf<I>(object target) where I : class
        {
            var found = target as I;
            if (found == null) throw Errors.Wrong(typeof(I).Name, target);
            return found;
        }

        private sealed class WithResult<I, R> : Invocation where I : class
        {
            private readonly Codec<R> codec;
            private readonly Func<I, CancellationToken, Task<R>> run;

            public WithResult(Codec<R> codec, Func<I, CancellationToken, Task<R>> run)
            {
                this.codec = codec;
                this.run = run;
            }

            internal override Task Run(object target, CancellationToken cancellation) => run(TargetOf<I>(target), cancellation);
            internal override void WriteResult(Writer target, Task finished) { codec.Write(target, ((Task<R>)finished).Result); }
            internal override LentObject ObjectOf(Task finished) => codec.ObjectOf(((Task<R>)finished).Result);
        }

        private sealed class WithoutResult<I> : Invocation where I : class
        {
            private readonly Func<I, CancellationToken, Task> run;

            public WithoutResult(Func<I, CancellationToken, Task> run) { this.run = run; }

            internal override Task Run(object target, CancellationToken cancellation) => run(TargetOf<I>(target), cancellation);
            internal override void WriteResult(Writer target, Task finished) { }
            internal override LentObject ObjectOf(Task finished) => null;
        }
    }
}
