// Codecs of types that hold no others.
using System;
using System.Collections.Generic;
using System.Numerics;

namespace Beckon
{
    /// <summary>A codec made of functions.</summary>
    internal class BasicCodec<T> : Codec<T>
    {
        private readonly Action<Writer, T> write;
        private readonly Func<Reader, T> read;

        public BasicCodec(int least, Action<Writer, T> write, Func<Reader, T> read)
        {
            Least = least;
            this.write = write;
            this.read = read;
        }

        internal override int Least { get; }

        internal override void Write(Writer target, T value) { write(target, value); }

        internal override T ReadValue(Reader source) => read(source);

        internal override object ToAny(T value) => value;

        internal override T FromAny(object value)
        {
            if (value is T) return (T)value;
            throw Errors.Wrong(typeof(T).Name, value);
        }
    }

    /// <summary>A codec of numbers, which lie side by side in lists.</summary>
    internal sealed class NumberCodec<T> : BasicCodec<T> where T : struct
    {
        private readonly Func<object, T> convert;

        public NumberCodec(int size, Action<Writer, T> write, Func<Reader, T> read, Func<object, T> convert)
            : base(size, write, read)
        {
            this.convert = convert;
        }

        internal override T FromAny(object value)
        {
            var isInteger = value is long || value is ulong || value is BigInteger;
            if (!isInteger && !(value is double) && !(value is float)) throw Errors.Wrong(typeof(T).Name, value);
            try
            {
                if (value is BigInteger) value = (decimal)(BigInteger)value;
                return convert(value);
            }
            catch (OverflowException)
            {
                throw Errors.Type("found " + value + ", which does not fit " + typeof(T).Name);
            }
        }
    }

    /// <summary>A list of numbers.</summary>
    internal sealed class NumberListCodec<T> : Codec<List<T>> where T : struct
    {
        private readonly NumberCodec<T> item;

        public NumberListCodec(NumberCodec<T> item) { this.item = item; }

        internal override int Least => 4;

        internal override void Write(Writer target, List<T> value)
        {
            if (value == null) throw Errors.Wrong("a list", null);
            target.Packed(value.ToArray(), value.Count, item.Least);
        }

        internal override List<T> ReadValue(Reader source) =>
            new List<T>(source.Packed(item.Least, count => new T[count]));

        internal override object ToAny(List<T> value) => ListCodec<T>.ItemsToAny(item, value);

        internal override List<T> FromAny(object value) => ListCodec<T>.ItemsFromAny(item, value);
    }

    /// <summary>An enum: the numbers and names of its values. Generated codecs derive from it.</summary>
    public abstract class EnumCodec<T> : Codec<T> where T : struct
    {
        private readonly string name;
        private readonly Dictionary<int, T> values = new Dictionary<int, T>();
        private readonly Dictionary<T, KeyValuePair<int, string>> known = new Dictionary<T, KeyValuePair<int, string>>();

        /// <summary>The enum's name in the IDL.</summary>
        protected EnumCodec(string name) { this.name = name; }

        /// <summary>A value with its number and its name in the IDL.</summary>
        protected void Add(T value, int number, string valueName)
        {
            values[number] = value;
            known[value] = new KeyValuePair<int, string>(number, valueName);
        }

        internal override int Least => 4;

        internal override void Write(Writer target, T value) { target.I32(Find(value).Key); }

        internal override T ReadValue(Reader source)
        {
            var number = source.I32();
            T value;
            if (!values.TryGetValue(number, out value)) throw Errors.Protocol("enum " + name + " has no value " + number);
            return value;
        }

        internal override object ToAny(T value)
        {
            var found = Find(value);
            return new AnyEnum(name, found.Value, found.Key);
        }

        internal override T FromAny(object value)
        {
            var found = value as AnyEnum;
            T made = default(T);
            if (found == null || found.Number != (int)found.Number || !values.TryGetValue((int)found.Number, out made))
            {
                throw Errors.Wrong("a value of enum " + name, value);
            }
            return made;
        }

        private KeyValuePair<int, string> Find(T value)
        {
            KeyValuePair<int, string> found;
            if (!known.TryGetValue(value, out found)) throw Errors.Type("enum " + name + " has no value " + value);
            return found;
        }
    }
}
