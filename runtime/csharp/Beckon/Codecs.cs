// The codecs that generated code puts together.
using System;
using System.Collections.Generic;

namespace Beckon
{
    /// <summary>The codecs of the IDL's own types.</summary>
    public static class Codecs
    {
        internal static readonly NumberCodec<sbyte> SByteNumber =
            new NumberCodec<sbyte>(1, (w, v) => w.U8((byte)v), r => (sbyte)r.U8(), Convert.ToSByte);
        internal static readonly NumberCodec<byte> ByteNumber =
            new NumberCodec<byte>(1, (w, v) => w.U8(v), r => (byte)r.U8(), Convert.ToByte);
        internal static readonly NumberCodec<short> ShortNumber =
            new NumberCodec<short>(2, (w, v) => w.U16((ushort)v), r => (short)r.U16(), Convert.ToInt16);
        internal static readonly NumberCodec<ushort> UShortNumber =
            new NumberCodec<ushort>(2, (w, v) => w.U16(v), r => r.U16(), Convert.ToUInt16);
        internal static readonly NumberCodec<int> IntNumber =
            new NumberCodec<int>(4, (w, v) => w.I32(v), r => r.I32(), Convert.ToInt32);
        internal static readonly NumberCodec<uint> UIntNumber =
            new NumberCodec<uint>(4, (w, v) => w.U32(v), r => r.U32(), Convert.ToUInt32);
        internal static readonly NumberCodec<long> LongNumber =
            new NumberCodec<long>(8, (w, v) => w.I64(v), r => r.I64(), Convert.ToInt64);
        internal static readonly NumberCodec<ulong> ULongNumber =
            new NumberCodec<ulong>(8, (w, v) => w.U64(v), r => r.U64(), Convert.ToUInt64);
        internal static readonly NumberCodec<float> FloatNumber =
            new NumberCodec<float>(4, (w, v) => w.Float32(v), r => r.Float32(), Convert.ToSingle);
        internal static readonly NumberCodec<double> DoubleNumber =
            new NumberCodec<double>(8, (w, v) => w.Float64(v), r => r.Float64(), Convert.ToDouble);

        /// <summary>No value.</summary>
        public static readonly Codec<Nothing> Void =
            new BasicCodec<Nothing>(0, (w, v) => { }, r => default(Nothing));
        /// <summary>bool</summary>
        public static readonly Codec<bool> Bool = new BasicCodec<bool>(1, (w, v) => w.U8(v ? 1 : 0), r => r.Flag());
        /// <summary>int8</summary>
        public static readonly Codec<sbyte> Int8 = SByteNumber;
        /// <summary>uint8</summary>
        public static readonly Codec<byte> UInt8 = ByteNumber;
        /// <summary>int16</summary>
        public static readonly Codec<short> Int16 = ShortNumber;
        /// <summary>uint16</summary>
        public static readonly Codec<ushort> UInt16 = UShortNumber;
        /// <summary>int32</summary>
        public static readonly Codec<int> Int32 = IntNumber;
        /// <summary>uint32</summary>
        public static readonly Codec<uint> UInt32 = UIntNumber;
        /// <summary>int64</summary>
        public static readonly Codec<long> Int64 = LongNumber;
        /// <summary>uint64</summary>
        public static readonly Codec<ulong> UInt64 = ULongNumber;
        /// <summary>float32</summary>
        public static readonly Codec<float> Float32 = FloatNumber;
        /// <summary>float64</summary>
        public static readonly Codec<double> Float64 = DoubleNumber;
        /// <summary>string</summary>
        public static readonly Codec<string> String = new BasicCodec<string>(4, (w, v) => w.Text(v), r => r.Text());
        /// <summary>bytes</summary>
        public static readonly Codec<byte[]> Bytes = new BasicCodec<byte[]>(4, (w, v) => w.Block(v), r => r.Block());
        /// <summary>date</summary>
        public static readonly Codec<Date> Date =
            new BasicCodec<Date>(4, (w, v) => w.I32(v.Days), r => new Date(r.I32()));
        /// <summary>time</summary>
        public static readonly Codec<TimeOfDay> Time =
            new BasicCodec<TimeOfDay>(8, (w, v) => w.I64(OfDay(v.Nanoseconds)), r => new TimeOfDay(ReadOfDay(r)));
        /// <summary>datetime</summary>
        public static readonly Codec<Timestamp> DateTime = new BasicCodec<Timestamp>(
            12,
            (w, v) =>
            {
                w.I32(v.Days);
                w.I64(OfDay(v.Nanoseconds));
            },
            r =>
            {
                var days = r.I32();
                return new Timestamp(days, ReadOfDay(r));
            });
        /// <summary>duration</summary>
        public static readonly Codec<Duration> Duration =
            new BasicCodec<Duration>(8, (w, v) => w.I64(v.Nanoseconds), r => new Duration(r.I64()));
        /// <summary>any</summary>
        public static readonly Codec<object> Any = new AnyCodec();

        /// <summary>optional of a value type</summary>
        public static Codec<T?> Optional<T>(Codec<T> held) where T : struct => new OptionalCodec<T>(held);

        /// <summary>optional of a type that has a null of its own</summary>
        public static Codec<T> Nullable<T>(Codec<T> held) => new NullableCodec<T>(held);

        /// <summary>list</summary>
        public static Codec<List<T>> List<T>(Codec<T> item) => new ListCodec<T>(item);

        /// <summary>list of numbers</summary>
        public static Codec<List<T>> Numbers<T>(Codec<T> item) where T : struct =>
            new NumberListCodec<T>((NumberCodec<T>)item);

        /// <summary>map</summary>
        public static Codec<Dictionary<K, V>> Map<K, V>(Codec<K> key, Codec<V> value) => new MapCodec<K, V>(key, value);

        /// <summary>tuple</summary>
        public static Codec<T> Tuple<T>(params Field<T>[] elements) where T : struct => new TupleCodec<T>(elements);

        /// <summary>stream</summary>
        public static Codec<Stream<T>> Stream<T>(Codec<T> item) => new StreamCodec<T>(item);

        /// <summary>reference</summary>
        public static Codec<T> Reference<T>(InterfaceInfo info) where T : class => new ReferenceCodec<T>(info);

        private static long OfDay(long nanoseconds)
        {
            if (nanoseconds >= 0 && nanoseconds < Nanoseconds.OfDay) return nanoseconds;
            throw Errors.Type("found " + nanoseconds + " ns as a time, expected those of one day");
        }

        private static long ReadOfDay(Reader source)
        {
            var found = source.U64();
            if (found < (ulong)Nanoseconds.OfDay) return (long)found;
            throw Errors.Protocol("a time of " + found + " ns is beyond a day");
        }
    }
}
