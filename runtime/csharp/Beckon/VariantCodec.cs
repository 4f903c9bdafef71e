// Codecs of variants: a class for each case.
using System;
using System.Linq;

namespace Beckon
{
    /// <summary>One case of a variant.</summary>
    public abstract class Case<T>
    {
        internal string Name;

        internal abstract bool Has(T value);
        internal abstract void Write(Writer target, T value);
        internal abstract T Read(Reader source);
        internal abstract object ToAny(T value);
        internal abstract T FromAny(object value);
    }

    /// <summary>Makes cases.</summary>
    public static class Case
    {
        /// <summary>A case that is a class of its own with one value.</summary>
        public static Case<T> Of<T, C, V>(string name, Codec<V> codec, Func<C, V> get, Func<V, C> make)
            where T : class where C : class, T => new CaseOf<T, C, V>(codec, get, make) { Name = name };

        private sealed class CaseOf<T, C, V> : Case<T> where T : class where C : class, T
        {
            private readonly Codec<V> codec;
            private readonly Func<C, V> get;
            private readonly Func<V, C> make;

            public CaseOf(Codec<V> codec, Func<C, V> get, Func<V, C> make)
            {
                this.codec = codec;
                this.get = get;
                this.make = make;
            }

            internal override bool Has(T value) => value is C;
            internal override void Write(Writer target, T value) { codec.Write(target, get((C)(object)value)); }
            internal override T Read(Reader source) => make(codec.Read(source));
            internal override object ToAny(T value) => codec.ToAny(get((C)(object)value));
            internal override T FromAny(object value) => make(codec.FromAny(value));
        }
    }

    /// <summary>A variant. Generated codecs derive from it.</summary>
    public abstract class VariantCodec<T> : Codec<T> where T : class
    {
        private readonly Lazy<Case<T>[]> cases;

        /// <summary>A codec whose cases are made when they are needed.</summary>
        protected VariantCodec() { cases = new Lazy<Case<T>[]>(MakeCases); }

        /// <summary>The cases, in the order of the IDL.</summary>
        protected abstract Case<T>[] MakeCases();

        private int Find(T value)
        {
            var found = Array.FindIndex(cases.Value, each => each.Has(value));
            if (found < 0) throw Errors.Wrong("a case of " + typeof(T).Name, value);
            return found;
        }

        internal override void Write(Writer target, T value)
        {
            var index = Find(value);
            target.U8(index);
            target.Enter();
            cases.Value[index].Write(target, value);
            target.Leave();
        }

        internal override T ReadValue(Reader source)
        {
            var index = source.U8();
            if (index >= cases.Value.Length)
            {
                throw Errors.Protocol("a variant of " + cases.Value.Length + " cases has none of number " + index);
            }
            source.Enter();
            var value = cases.Value[index].Read(source);
            source.Leave();
            return value;
        }

        internal override object ToAny(T value)
        {
            var found = cases.Value[Find(value)];
            return new AnyVariant(found.Name, found.ToAny(value));
        }

        internal override T FromAny(object value)
        {
            var variant = value as AnyVariant;
            var found = variant == null ? null : cases.Value.FirstOrDefault(each => each.Name == variant.Case);
            if (found == null) throw Errors.Wrong("a case of " + typeof(T).Name, value);
            return found.FromAny(variant.Value);
        }
    }
}
