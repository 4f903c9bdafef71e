// Values of any type: a tag says what follows (docs/wire/native.md, "Any").
namespace Beckon
{
    /// <summary>The codec of any.</summary>
    internal sealed class AnyCodec : Codec<object>
    {
        internal override void Write(Writer target, object value) { AnyWriter.Write(target, value); }

        internal override object ReadValue(Reader source) => AnyReader.Read(source);

        internal override object ToAny(object value) => value;

        internal override object FromAny(object value) => value;
    }

    /// <summary>The tags.</summary>
    internal static class Tag
    {
        public const int Null = 0x00, False = 0x01, True = 0x02, Int8 = 0x03, Int16 = 0x04, Int32 = 0x05, Int64 = 0x06;
        public const int UInt64 = 0x07, Big = 0x08, Float32 = 0x09, Float64 = 0x0a, Complex = 0x0b, String = 0x0c;
        public const int Bytes = 0x0d, Date = 0x0e, Time = 0x0f, DateTime = 0x10, Duration = 0x11, Reference = 0x12;
        public const int Stream = 0x13, List = 0x20, Tuple = 0x21, Set = 0x22, FrozenSet = 0x23, Map = 0x24, Slice = 0x25;
        public const int Enum = 0x26, Record = 0x27, Variant = 0x28, Exception = 0x29, Extension = 0x2a;
        public const int PackedInt8 = 0x30, PackedInt16 = 0x31, PackedInt32 = 0x32, PackedInt64 = 0x33;
        public const int PackedFloat32 = 0x34, PackedFloat64 = 0x35, ShortString = 0x80, SmallInteger = 0xc0;
    }
}
