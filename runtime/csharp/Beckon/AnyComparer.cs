// Equality of values of any type, by content. Numbers of different kinds differ: 1 and 1.0.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Beckon
{
    /// <summary>Compares values of any type, and with them records, by content.</summary>
    internal static class AnyComparer
    {
        public static bool Equal(object left, object right)
        {
            if (ReferenceEquals(left, right)) return true;
            if (left == null || right == null) return false;
            left = Normal(left);
            right = Normal(right);
            if (left is AnyMap) return right is AnyMap && EqualMaps((AnyMap)left, (AnyMap)right);
            if (left is AnySet) return right is AnySet && EqualSets((AnySet)left, (AnySet)right);
            var parts = PartsOf(left);
            if (parts == null) return left.Equals(right);
            return left.GetType() == right.GetType() && parts.SequenceEqual(PartsOf(right), Items);
        }

        public static int Hash(object value)
        {
            if (value == null) return 0;
            value = Normal(value);
            var map = value as AnyMap;
            if (map != null) return map.Aggregate(map.Count, (sum, each) => sum + (Hash(each.Key) ^ 31 * Hash(each.Value)));
            var set = value as AnySet;
            if (set != null) return set.Aggregate(set.Count, (sum, each) => sum + Hash(each));
            var parts = PartsOf(value);
            return parts == null ? value.GetHashCode() : parts.Aggregate(17, (sum, each) => sum * 31 + Hash(each));
        }

        public static string Show(object value)
        {
            if (value == null) return "null";
            if (value is string) return "\"" + value + "\"";
            var list = value as List<object>;
            return list == null ? value.ToString() : "[" + string.Join(", ", list.Select(Show)) + "]";
        }

        /// <summary>All integers as one kind, all lists as one, generated types as they describe themselves.</summary>
        private static object Normal(object value)
        {
            if (value is long || value is string || value is double || value is bool) return value;
            if (value is int || value is short || value is sbyte || value is byte || value is ushort || value is uint)
            {
                return Convert.ToInt64(value);
            }
            if (value is ulong) return (ulong)value <= long.MaxValue ? (object)(long)(ulong)value : new BigInteger((ulong)value);
            if (value is BigInteger)
            {
                var big = (BigInteger)value;
                return big >= long.MinValue && big <= long.MaxValue ? (object)(long)big : big;
            }
            if (value is IDictionary)
            {
                var map = new AnyMap();
                foreach (DictionaryEntry each in (IDictionary)value) map[each.Key] = each.Value;
                return map;
            }
            if (value is IList && !(value is byte[]) && !(value is List<object>)) return ((IList)value).Cast<object>().ToList();
            return Generated.IsDescribed(value) ? Generated.Describe(value) : value;
        }

        private static IEnumerable<object> PartsOf(object value)
        {
            if (value is List<object>) return (List<object>)value;
            if (value is byte[]) return ((byte[])value).Select(each => (object)(long)each);
            if (value is AnyTuple) return ((AnyTuple)value).Items;
            var record = value as AnyRecord;
            if (record != null)
            {
                return new object[] { record.TypeName }.Concat(record.Fields.SelectMany(each => new[] { each.Key, each.Value }));
            }
            var enumeration = value as AnyEnum;
            if (enumeration != null) return new object[] { enumeration.TypeName, enumeration.Name, enumeration.Number };
            var variant = value as AnyVariant;
            if (variant != null) return new[] { variant.Case, variant.Value };
            var slice = value as AnySlice;
            if (slice != null) return new[] { slice.Start, slice.Stop, slice.Step };
            var extension = value as Extension;
            if (extension != null) return new object[] { extension.Type, extension.Content };
            var error = value as AnyException;
            if (error != null) return new[] { error.TypeName, error.Message, error.Arguments, error.Fields, error.Trace };
            return null;
        }

        private static bool EqualMaps(AnyMap left, AnyMap right) =>
            left.Count == right.Count && left.All(each => right.ContainsKey(each.Key) && Equal(each.Value, right[each.Key]));

        private static bool EqualSets(AnySet left, AnySet right) =>
            left.IsFrozen == right.IsFrozen && left.Count == right.Count && left.All(right.Contains);

        private sealed class ItemComparer : IEqualityComparer<object>
        {
            bool IEqualityComparer<object>.Equals(object left, object right) => Equal(left, right);
            int IEqualityComparer<object>.GetHashCode(object value) => Hash(value);
        }

        private static readonly ItemComparer Items = new ItemComparer();
    }
}
