// Bytes to values of any type.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Beckon
{
    /// <summary>
    /// Integers are long, or ulong and BigInteger where they do not fit; lists are List&lt;object&gt;; the rest has types of
    /// its own.
    /// </summary>
    internal static class AnyReader
    {
        public static object Read(Reader source)
        {
            var tag = source.U8();
            if (tag >= Tag.SmallInteger) return (long)(tag - 0xe0);
            if (tag >= Tag.ShortString) return source.TextOf(tag - Tag.ShortString);
            if (tag >= Tag.PackedInt8 && tag <= Tag.PackedFloat64) return ReadPacked(source, tag);
            if (tag < Tag.List) return ReadScalar(source, tag);
            source.Enter();
            var value = ReadContainer(source, tag);
            source.Leave();
            return value;
        }

        private static object ReadScalar(Reader source, int tag)
        {
            switch (tag)
            {
                case Tag.Null: return null;
                case Tag.False: return false;
                case Tag.True: return true;
                case Tag.Int8: return (long)(sbyte)source.U8();
                case Tag.Int16: return (long)(short)source.U16();
                case Tag.Int32: return (long)source.I32();
                case Tag.Int64: return source.I64();
                case Tag.UInt64: return Smallest(source.U64());
                case Tag.Big: return ReadBig(source);
                case Tag.Float32: return source.Float32();
                case Tag.Float64: return source.Float64();
                case Tag.Complex: return new Complex(source.Float64(), source.Float64());
                case Tag.String: return source.Text();
                case Tag.Bytes: return source.Block();
                case Tag.Date: return Codecs.Date.Read(source);
                case Tag.Time: return Codecs.Time.Read(source);
                case Tag.DateTime: return Codecs.DateTime.Read(source);
                case Tag.Duration: return Codecs.Duration.Read(source);
                case Tag.Reference:
                    return References.Read(source, new InterfaceInfo(ReadName(source)));
                case Tag.Stream: return new StreamCodec<object>(Codecs.Any).Read(source);
            }
            throw Unknown(tag);
        }

        private static BeckonException Unknown(int tag) => Errors.Protocol("found the tag 0x" + tag.ToString("x2") + " of no value");

        private static object Smallest(ulong number) => number <= long.MaxValue ? (object)(long)number : number;

        private static object ReadBig(Reader source)
        {
            var isNegative = source.Flag();
            var magnitude = source.Block();
            // Least significant byte first, and a zero for the sign.
            var number = new BigInteger(magnitude.Reverse().Concat(new byte[] { 0 }).ToArray());
            if (isNegative) number = -number;
            if (number >= long.MinValue && number <= long.MaxValue) return (long)number;
            return number >= 0 && number <= ulong.MaxValue ? (object)(ulong)number : number;
        }

        private static object ReadPacked(Reader source, int tag)
        {
            switch (tag)
            {
                case Tag.PackedInt8: return Boxed(source.Packed(1, count => new sbyte[count]), each => (long)each);
                case Tag.PackedInt16: return Boxed(source.Packed(2, count => new short[count]), each => (long)each);
                case Tag.PackedInt32: return Boxed(source.Packed(4, count => new int[count]), each => (long)each);
                case Tag.PackedInt64: return Boxed(source.Packed(8, count => new long[count]), each => each);
                case Tag.PackedFloat32: return Boxed(source.Packed(4, count => new float[count]), each => each);
                default: return Boxed(source.Packed(8, count => new double[count]), each => each);
            }
        }

        private static List<object> Boxed<T>(T[] values, Func<T, object> box) => values.Select(box).ToList();

        private static object ReadContainer(Reader source, int tag)
        {
            switch (tag)
            {
                case Tag.List: return ReadItems(source);
                case Tag.Tuple: return new AnyTuple(ReadItems(source).ToArray());
                case Tag.Set:
                case Tag.FrozenSet: return ReadSet(source, tag == Tag.FrozenSet);
                case Tag.Map: return ReadMap(source);
                case Tag.Slice: return new AnySlice(Read(source), Read(source), Read(source));
                case Tag.Enum: return new AnyEnum(ReadName(source), ReadName(source), Named<long>(source, "an integer"));
                case Tag.Record: return ReadRecord(source);
                case Tag.Variant: return new AnyVariant(ReadName(source), Read(source));
                case Tag.Exception:
                    return new AnyException(ReadName(source), ReadName(source), Read(source), Read(source), ReadName(source));
                case Tag.Extension:
                    return new Extension(Named<long>(source, "an integer"), Named<byte[]>(source, "bytes"));
            }
            throw Unknown(tag);
        }

        private static T Named<T>(Reader source, string what)
        {
            var found = Read(source);
            if (found is T) return (T)found;
            throw Errors.Protocol("expected " + what + " in a value of any type");
        }

        private static string ReadName(Reader source) => Named<string>(source, "a string");

        private static List<object> ReadItems(Reader source)
        {
            var count = source.Count(1);
            var items = new List<object>();
            for (var i = 0; i < count; ++i) items.Add(Read(source));
            return items;
        }

        private static AnySet ReadSet(Reader source, bool isFrozen)
        {
            var made = new AnySet(isFrozen);
            foreach (var each in ReadItems(source))
            {
                if (!made.Add(each)) throw Errors.Protocol("a set has the same item twice");
            }
            return made;
        }

        private static AnyMap ReadMap(Reader source)
        {
            var count = source.Count(2);
            var made = new AnyMap();
            for (var i = 0; i < count; ++i)
            {
                var key = Read(source);
                if (made.ContainsKey(key)) throw Errors.Protocol("a map has the same key twice");
                made.Add(key, Read(source));
            }
            return made;
        }

        private static AnyRecord ReadRecord(Reader source)
        {
            var count = source.Count(2);
            var name = ReadName(source);
            var fields = new List<KeyValuePair<string, object>>();
            for (var i = 0; i < count; ++i) fields.Add(new KeyValuePair<string, object>(ReadName(source), Read(source)));
            return new AnyRecord(name, fields);
        }
    }
}
