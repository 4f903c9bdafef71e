// How values of one type travel.
namespace Beckon
{
    /// <summary>What codecs of all types can do.</summary>
    internal interface ICodec
    {
        object BoxedToAny(object value);
    }

    /// <summary>How values of one type travel. Generated code puts them together; programs have no need of them.</summary>
    public abstract class Codec<T> : ICodec
    {
        /// <summary>The fewest bytes that a value takes; 1 where it is not said.</summary>
        internal virtual int Least => 1;

        /// <summary>Whether null is no answer of a method whose result this is.</summary>
        internal virtual bool IsAlwaysThere => false;

        internal abstract void Write(Writer target, T value);

        internal abstract T ReadValue(Reader source);

        /// <summary>The object that the value refers to; null where it refers to none.</summary>
        internal virtual LentObject ObjectOf(T value) => null;

        /// <summary>The value as an any has it.</summary>
        internal abstract object ToAny(T value);

        /// <summary>A value that described itself as one of this type, checked.</summary>
        internal abstract T FromAny(object value);

        object ICodec.BoxedToAny(object value) => ToAny((T)value);

        /// <summary>The next value of a message.</summary>
        public T Read(Reader source) => ReadValue(source);
    }

    /// <summary>An object of this side and the interface by which it is lent.</summary>
    internal sealed class LentObject
    {
        public object Value;
        public InterfaceInfo Info;
    }

    /// <summary>The result of methods without one.</summary>
    public struct Nothing { }
}
