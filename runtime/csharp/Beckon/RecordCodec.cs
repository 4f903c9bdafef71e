// Codecs of records, exceptions and tuples: a row of fields.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    /// <summary>Gives a field its value.</summary>
    public delegate void FieldSetter<T, V>(ref T target, V value);

    /// <summary>One field of a record, an exception or a tuple.</summary>
    public abstract class Field<T>
    {
        internal string Name;
        internal bool HasDefault;

        internal abstract void Write(Writer target, T from);
        internal abstract void Read(Reader source, ref T into);
        internal abstract object ToAny(T from);
        internal abstract void FromAny(object value, ref T into);
    }

    /// <summary>Makes fields.</summary>
    public static class Field
    {
        /// <summary>A field of a record.</summary>
        public static Field<T> Of<T, V>(
            string name, Codec<V> codec, Func<T, V> get, FieldSetter<T, V> set, bool hasDefault = false) =>
            new FieldOf<T, V>(codec, get, set) { Name = name, HasDefault = hasDefault };

        /// <summary>An element of a tuple.</summary>
        public static Field<T> Element<T, V>(Codec<V> codec, Func<T, V> get, FieldSetter<T, V> set) =>
            new FieldOf<T, V>(codec, get, set);

        private sealed class FieldOf<T, V> : Field<T>
        {
            private readonly Codec<V> codec;
            private readonly Func<T, V> get;
            private readonly FieldSetter<T, V> set;

            public FieldOf(Codec<V> codec, Func<T, V> get, FieldSetter<T, V> set)
            {
                this.codec = codec;
                this.get = get;
                this.set = set;
            }

            internal override void Write(Writer target, T from) { codec.Write(target, get(from)); }
            internal override void Read(Reader source, ref T into) { set(ref into, codec.Read(source)); }
            internal override object ToAny(T from) => codec.ToAny(get(from));
            internal override void FromAny(object value, ref T into) { set(ref into, codec.FromAny(value)); }
        }
    }

    /// <summary>A record or an exception. Generated codecs derive from it.</summary>
    public abstract class RecordCodec<T> : Codec<T> where T : class, new()
    {
        private readonly string name;
        private readonly Lazy<Field<T>[]> fields;

        /// <summary>The name in the IDL.</summary>
        protected RecordCodec(string name)
        {
            this.name = name;
            fields = new Lazy<Field<T>[]>(MakeFields); // later, for records hold each other
        }

        internal string Name => name;

        /// <summary>The fields, in the order of the IDL.</summary>
        protected abstract Field<T>[] MakeFields();

        internal override int Least => 4;

        internal override void Write(Writer target, T value)
        {
            if (value == null) throw Errors.Wrong("a " + name, null);
            target.Enter();
            var start = target.BeginSized();
            foreach (var field in fields.Value)
            {
                try
                {
                    field.Write(target, value);
                }
                catch (BeckonException error)
                {
                    throw error.While("in field " + name + "." + field.Name);
                }
            }
            target.EndSized(start);
            target.Leave();
        }

        internal override T ReadValue(Reader source)
        {
            source.Enter();
            var outer = source.BeginSized("record " + name);
            var made = new T();
            foreach (var field in fields.Value)
            {
                if (source.Left == 0 && field.HasDefault) break;
                field.Read(source, ref made);
            }
            source.EndSized(outer);
            source.Leave();
            return made;
        }

        internal override object ToAny(T value) =>
            new AnyRecord(name, fields.Value.Select(each => new KeyValuePair<string, object>(each.Name, each.ToAny(value))));

        internal override T FromAny(object value)
        {
            var record = value as AnyRecord;
            if (record == null) throw Errors.Wrong("a " + name, value);
            var made = new T();
            foreach (var field in fields.Value)
            {
                var place = record.Fields.Select(each => each.Key).ToList().IndexOf(field.Name);
                if (place >= 0) field.FromAny(record.Fields[place].Value, ref made);
                else if (!field.HasDefault) throw Errors.Type("a " + name + " without the field " + field.Name);
            }
            return made;
        }
    }

    /// <summary>A tuple.</summary>
    internal sealed class TupleCodec<T> : Codec<T> where T : struct
    {
        private readonly Field<T>[] elements;

        public TupleCodec(Field<T>[] elements) { this.elements = elements; }

        internal override void Write(Writer target, T value)
        {
            target.Enter();
            foreach (var each in elements) each.Write(target, value);
            target.Leave();
        }

        internal override T ReadValue(Reader source)
        {
            source.Enter();
            var made = default(T);
            foreach (var each in elements) each.Read(source, ref made);
            source.Leave();
            return made;
        }

        internal override object ToAny(T value) => new AnyTuple(elements.Select(each => each.ToAny(value)).ToArray());

        internal override T FromAny(object value)
        {
            var tuple = value as AnyTuple;
            if (tuple == null || tuple.Items.Count != elements.Length) throw Errors.Wrong("a tuple of " + elements.Length, value);
            var made = default(T);
            for (var i = 0; i < elements.Length; ++i) elements[i].FromAny(tuple.Items[i], ref made);
            return made;
        }
    }
}
