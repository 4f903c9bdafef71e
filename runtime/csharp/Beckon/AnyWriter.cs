// Values of any type to bytes.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Beckon
{
    /// <summary>Writes the shortest form of each value.</summary>
    internal static class AnyWriter
    {
        public static void Write(Writer target, object value)
        {
            if (WriteScalar(target, value) || WriteInteger(target, value)) return;
            target.Enter();
            if (!WriteDescribed(target, value) && !WriteContainer(target, value) && !WriteReference(target, value))
            {
                throw Errors.Type(value.GetType().FullName + " has no form in `any`");
            }
            target.Leave();
        }

        private static bool WriteScalar(Writer target, object value)
        {
            if (value == null) target.U8(Tag.Null);
            else if (value is bool) target.U8((bool)value ? Tag.True : Tag.False);
            else if (value is string) WriteText(target, (string)value);
            else if (value is double) Tagged(target, Tag.Float64).Float64((double)value);
            else if (value is float) Tagged(target, Tag.Float32).Float32((float)value);
            else if (value is byte[]) Tagged(target, Tag.Bytes).Block((byte[])value);
            else if (value is Date) Codecs.Date.Write(Tagged(target, Tag.Date), (Date)value);
            else if (value is TimeOfDay) Codecs.Time.Write(Tagged(target, Tag.Time), (TimeOfDay)value);
            else if (value is Timestamp) Codecs.DateTime.Write(Tagged(target, Tag.DateTime), (Timestamp)value);
            else if (value is DateTime) Codecs.DateTime.Write(Tagged(target, Tag.DateTime), (DateTime)value);
            else if (value is Duration) Codecs.Duration.Write(Tagged(target, Tag.Duration), (Duration)value);
            else if (value is TimeSpan) Codecs.Duration.Write(Tagged(target, Tag.Duration), (TimeSpan)value);
            else if (value is Complex)
            {
                Tagged(target, Tag.Complex).Float64(((Complex)value).Real);
                target.Float64(((Complex)value).Imaginary);
            }
            else return false;
            return true;
        }

        private static Writer Tagged(Writer target, int tag)
        {
            target.U8(tag);
            return target;
        }

        private static void WriteText(Writer target, string value)
        {
            var content = Writer.Encoded(value);
            if (content.Length <= 63)
            {
                target.U8(Tag.ShortString + content.Length);
                target.Raw(content);
            }
            else
            {
                Tagged(target, Tag.String).Block(content);
            }
        }

        /// <summary>An integer that fits a long, or nothing.</summary>
        private static long? LongOf(object value)
        {
            if (value is long) return (long)value;
            if (value is int || value is short || value is sbyte || value is byte || value is ushort || value is uint)
            {
                return Convert.ToInt64(value);
            }
            if (value is ulong && (ulong)value <= long.MaxValue) return (long)(ulong)value;
            if (value is BigInteger && (BigInteger)value >= long.MinValue && (BigInteger)value <= long.MaxValue)
            {
                return (long)(BigInteger)value;
            }
            return null;
        }

        private static bool WriteInteger(Writer target, object value)
        {
            var number = LongOf(value);
            if (number.HasValue)
            {
                WriteLong(target, number.Value);
                return true;
            }
            if (!(value is ulong) && !(value is BigInteger)) return false;
            var big = value is ulong ? new BigInteger((ulong)value) : (BigInteger)value;
            if (big >= 0 && big <= ulong.MaxValue)
            {
                Tagged(target, Tag.UInt64).U64((ulong)big);
                return true;
            }
            Tagged(target, Tag.Big).U8(big < 0 ? 1 : 0);
            target.Block(BigInteger.Abs(big).ToByteArray().Reverse().SkipWhile(each => each == 0).ToArray());
            return true;
        }

        private static void WriteLong(Writer target, long number)
        {
            if (number >= -32 && number <= 31) target.U8((int)(0xe0 + number & 0xff));
            else if (number == (sbyte)number) Tagged(target, Tag.Int8).U8((byte)number);
            else if (number == (short)number) Tagged(target, Tag.Int16).U16((ushort)number);
            else if (number == (int)number) Tagged(target, Tag.Int32).I32((int)number);
            else Tagged(target, Tag.Int64).I64(number);
        }

        private static bool WriteDescribed(Writer target, object value)
        {
            if (Generated.IsDescribed(value)) value = Generated.Describe(value);
            if (value is AnyEnum)
            {
                var found = (AnyEnum)value;
                WriteText(Tagged(target, Tag.Enum), found.TypeName);
                WriteText(target, found.Name);
                WriteLong(target, found.Number);
            }
            else if (value is AnyRecord)
            {
                var found = (AnyRecord)value;
                Tagged(target, Tag.Record).U32((uint)found.Fields.Count);
                WriteText(target, found.TypeName);
                foreach (var field in found.Fields)
                {
                    WriteText(target, field.Key);
                    Write(target, field.Value);
                }
            }
            else if (value is AnyVariant)
            {
                WriteText(Tagged(target, Tag.Variant), ((AnyVariant)value).Case);
                Write(target, ((AnyVariant)value).Value);
            }
            else if (value is AnyException)
            {
                var found = (AnyException)value;
                WriteText(Tagged(target, Tag.Exception), found.TypeName);
                WriteText(target, found.Message);
                Write(target, found.Arguments);
                Write(target, found.Fields);
                WriteText(target, found.Trace);
            }
            else if (value is Extension)
            {
                WriteLong(Tagged(target, Tag.Extension), ((Extension)value).Type);
                Write(target, ((Extension)value).Content);
            }
            else return false;
            return true;
        }

        private static bool WriteContainer(Writer target, object value)
        {
            if (value is AnyTuple) WriteItems(target, Tag.Tuple, ((AnyTuple)value).Items.ToList());
            else if (value is AnySet) WriteItems(target, ((AnySet)value).IsFrozen ? Tag.FrozenSet : Tag.Set, ((AnySet)value).ToList());
            else if (value is AnyMap) WriteMap(target, (AnyMap)value);
            else if (value is IDictionary) WriteMap(target, ((IDictionary)value).Cast<object>().Select(EntryOf).ToList());
            else if (value is IList) WriteList(target, ((IList)value).Cast<object>().ToList());
            else if (value is AnySlice)
            {
                Write(Tagged(target, Tag.Slice), ((AnySlice)value).Start);
                Write(target, ((AnySlice)value).Stop);
                Write(target, ((AnySlice)value).Step);
            }
            else return false;
            return true;
        }

        private static KeyValuePair<object, object> EntryOf(object entry)
        {
            var type = entry.GetType();
            return new KeyValuePair<object, object>(
                type.GetProperty("Key").GetValue(entry, null), type.GetProperty("Value").GetValue(entry, null));
        }

        private static void WriteMap(Writer target, IEnumerable<KeyValuePair<object, object>> entries)
        {
            Tagged(target, Tag.Map).U32((uint)entries.Count());
            foreach (var each in entries)
            {
                Write(target, each.Key);
                Write(target, each.Value);
            }
        }

        private static void WriteItems(Writer target, int tag, List<object> items)
        {
            Tagged(target, tag).U32((uint)items.Count);
            foreach (var each in items) Write(target, each);
        }

        private static void WriteList(Writer target, List<object> items)
        {
            if (items.Count >= 4 && WritePacked(target, items)) return;
            WriteItems(target, Tag.List, items);
        }

        private static bool WritePacked(Writer target, List<object> items)
        {
            if (items.All(each => each is double))
            {
                Tagged(target, Tag.PackedFloat64).Packed(items.Cast<double>().ToArray(), items.Count, 8);
                return true;
            }
            if (items.All(each => each is float))
            {
                Tagged(target, Tag.PackedFloat32).Packed(items.Cast<float>().ToArray(), items.Count, 4);
                return true;
            }
            var numbers = items.Select(LongOf).TakeWhile(each => each.HasValue).Select(each => each.Value).ToArray();
            if (numbers.Length != items.Count) return false;
            long least = numbers.Min(), most = numbers.Max();
            if (least >= sbyte.MinValue && most <= sbyte.MaxValue)
            {
                Tagged(target, Tag.PackedInt8).Packed(numbers.Select(each => (sbyte)each).ToArray(), items.Count, 1);
            }
            else if (least >= short.MinValue && most <= short.MaxValue)
            {
                Tagged(target, Tag.PackedInt16).Packed(numbers.Select(each => (short)each).ToArray(), items.Count, 2);
            }
            else if (least >= int.MinValue && most <= int.MaxValue)
            {
                Tagged(target, Tag.PackedInt32).Packed(numbers.Select(each => (int)each).ToArray(), items.Count, 4);
            }
            else
            {
                Tagged(target, Tag.PackedInt64).Packed(numbers, items.Count, 8);
            }
            return true;
        }

        private static bool WriteReference(Writer target, object value)
        {
            if (target.Lender == null || !(value is IObject)) return false;
            var info = (value as Proxy)?.Info ?? Generated.InterfaceOfObject(value);
            WriteText(Tagged(target, Tag.Reference), info.Name);
            References.Write(target, value, info);
            return true;
        }
    }
}
