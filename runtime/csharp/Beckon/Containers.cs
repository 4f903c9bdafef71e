// Codecs of types that hold others.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    internal sealed class OptionalCodec<T> : Codec<T?> where T : struct
    {
        private readonly Codec<T> held;

        public OptionalCodec(Codec<T> held) { this.held = held; }

        internal override void Write(Writer target, T? value)
        {
            target.U8(value.HasValue ? 1 : 0);
            if (!value.HasValue) return;
            target.Enter();
            held.Write(target, value.Value);
            target.Leave();
        }

        internal override T? ReadValue(Reader source)
        {
            if (!source.Flag()) return null;
            source.Enter();
            var value = held.Read(source);
            source.Leave();
            return value;
        }

        internal override object ToAny(T? value) => value.HasValue ? held.ToAny(value.Value) : null;

        internal override T? FromAny(object value) => value == null ? (T?)null : held.FromAny(value);
    }

    /// <summary>Nothing is null, and so is a null inside.</summary>
    internal sealed class NullableCodec<T> : Codec<T>
    {
        private readonly Codec<T> held;

        public NullableCodec(Codec<T> held) { this.held = held; }

        internal override void Write(Writer target, T value)
        {
            target.U8(value == null ? 0 : 1);
            if (value == null) return;
            target.Enter();
            held.Write(target, value);
            target.Leave();
        }

        internal override T ReadValue(Reader source)
        {
            if (!source.Flag()) return default(T);
            source.Enter();
            var value = held.Read(source);
            source.Leave();
            return value;
        }

        internal override LentObject ObjectOf(T value) => held.ObjectOf(value);

        internal override object ToAny(T value) => value == null ? null : held.ToAny(value);

        internal override T FromAny(object value) => value == null ? default(T) : held.FromAny(value);
    }

    internal sealed class ListCodec<T> : Codec<List<T>>
    {
        private readonly Codec<T> item;

        public ListCodec(Codec<T> item) { this.item = item; }

        internal override int Least => 4;

        internal override void Write(Writer target, List<T> value)
        {
            if (value == null) throw Errors.Wrong("a list", null);
            target.Enter();
            target.U32((uint)value.Count);
            var at = 0;
            try
            {
                foreach (var each in value)
                {
                    item.Write(target, each);
                    ++at;
                }
            }
            catch (BeckonException error)
            {
                throw error.While("in item " + at);
            }
            target.Leave();
        }

        internal override List<T> ReadValue(Reader source)
        {
            source.Enter();
            var count = source.Count(item.Least);
            var values = new List<T>();
            for (var i = 0; i < count; ++i) values.Add(item.Read(source));
            source.Leave();
            return values;
        }

        internal override object ToAny(List<T> value) => ItemsToAny(item, value);

        internal override List<T> FromAny(object value) => ItemsFromAny(item, value);

        internal static object ItemsToAny(Codec<T> item, List<T> value) => value.Select(each => item.ToAny(each)).ToList();

        internal static List<T> ItemsFromAny(Codec<T> item, object value)
        {
            var items = value as List<object>;
            if (items == null) throw Errors.Wrong("a list", value);
            return items.Select(each => item.FromAny(each)).ToList();
        }
    }

    internal sealed class MapCodec<K, V> : Codec<Dictionary<K, V>>
    {
        private readonly Codec<K> key;
        private readonly Codec<V> item;

        public MapCodec(Codec<K> key, Codec<V> item)
        {
            this.key = key;
            this.item = item;
        }

        internal override int Least => 4;

        private static Dictionary<K, V> Make() =>
            typeof(K) == typeof(byte[])
                ? new Dictionary<K, V>((IEqualityComparer<K>)(object)BytesComparer.Instance)
                : new Dictionary<K, V>();

        internal override void Write(Writer target, Dictionary<K, V> value)
        {
            if (value == null) throw Errors.Wrong("a dictionary", null);
            target.Enter();
            target.U32((uint)value.Count);
            foreach (var each in value)
            {
                key.Write(target, each.Key);
                item.Write(target, each.Value);
            }
            target.Leave();
        }

        internal override Dictionary<K, V> ReadValue(Reader source)
        {
            source.Enter();
            var count = source.Count(key.Least + item.Least);
            var values = Make();
            for (var i = 0; i < count; ++i)
            {
                var each = key.Read(source);
                if (values.ContainsKey(each)) throw Errors.Protocol("a map has the same key twice");
                values.Add(each, item.Read(source));
            }
            source.Leave();
            return values;
        }

        internal override object ToAny(Dictionary<K, V> value)
        {
            var made = new AnyMap();
            foreach (var each in value) made[key.ToAny(each.Key)] = item.ToAny(each.Value);
            return made;
        }

        internal override Dictionary<K, V> FromAny(object value)
        {
            var map = value as AnyMap;
            if (map == null) throw Errors.Wrong("a map", value);
            var made = Make();
            foreach (var each in map) made[key.FromAny(each.Key)] = item.FromAny(each.Value);
            return made;
        }
    }

    /// <summary>Compares bytes by content: keys of maps that were received are compared so.</summary>
    public sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        /// <summary>The one that there is.</summary>
        public static readonly BytesComparer Instance = new BytesComparer();

        /// <inheritdoc/>
        public bool Equals(byte[] left, byte[] right) => left == null || right == null ? left == right : left.SequenceEqual(right);

        /// <inheritdoc/>
        public int GetHashCode(byte[] value) => value.Aggregate(17, (sum, each) => sum * 31 + each);
    }

    internal sealed class StreamCodec<T> : Codec<Stream<T>>
    {
        private readonly Codec<T> item;

        public StreamCodec(Codec<T> item) { this.item = item; }

        internal override int Least => 4;

        internal override bool IsAlwaysThere => true;

        internal override void Write(Writer target, Stream<T> value)
        {
            if (value == null) throw Errors.Wrong("a stream", null);
            if (target.Lender == null) throw new BeckonException(ErrorCode.Unsupported, "a stream outside of a session");
            target.Lender.WriteStream(target, new Outgoing<T>(value, item));
        }

        internal override Stream<T> ReadValue(Reader source)
        {
            if (source.Borrower == null) throw new BeckonException(ErrorCode.Unsupported, "a stream outside of a session");
            var state = new Incoming<T>(item);
            source.Borrower.ReadStream(source, state, source.U32());
            return new RemoteStream<T>(state);
        }

        internal override object ToAny(Stream<T> value) => value;

        internal override Stream<T> FromAny(object value) => (Stream<T>)value;
    }

    internal sealed class ReferenceCodec<T> : Codec<T> where T : class
    {
        private readonly InterfaceInfo info;

        public ReferenceCodec(InterfaceInfo info) { this.info = info; }

        internal override bool IsAlwaysThere => true;

        internal override void Write(Writer target, T value) { References.Write(target, value, info); }

        internal override T ReadValue(Reader source)
        {
            var found = References.Read(source, info);
            if (found == null || found is T) return (T)found;
            throw Errors.Type("the peer passed back a " + found.GetType().Name + ", expected a " + info.Name);
        }

        internal override LentObject ObjectOf(T value) => value == null ? null : new LentObject { Value = value, Info = info };

        internal override object ToAny(T value) => value;

        internal override T FromAny(object value)
        {
            if (value == null || value is T) return (T)value;
            throw Errors.Wrong("a " + info.Name, value);
        }
    }

    /// <summary>References, with or without a known interface.</summary>
    internal static class References
    {
        public static void Write(Writer target, object value, InterfaceInfo info)
        {
            if (value == null)
            {
                target.U8(0);
                return;
            }
            if (target.Lender == null) throw new BeckonException(ErrorCode.Unsupported, "a reference outside of a session");
            target.Lender.WriteReference(target, value, info);
        }

        public static object Read(Reader source, InterfaceInfo info)
        {
            var kind = source.U8();
            if (kind == 0) return null;
            if (kind > 3) throw Errors.Protocol("found a reference of kind " + kind + ", expected 0 to 3");
            if (source.Borrower == null) throw new BeckonException(ErrorCode.Unsupported, "a reference outside of a session");
            return source.Borrower.ReadReference(source, kind, kind < 3 ? source.U32() : 0, info);
        }
    }
}
