// Values to bytes: docs/wire/native.md, "Values".
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Beckon
{
    /// <summary>Who turns objects and streams into numbers: a session.</summary>
    internal interface ILender
    {
        void WriteReference(Writer target, object value, InterfaceInfo info);
        void WriteStream(Writer target, Outgoing stream);
    }

    /// <summary>One message. What is lent in it counts once the session has sent it.</summary>
    public sealed class Writer
    {
        internal const int MaxDepth = 64;
        internal static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private byte[] buffer = new byte[64];
        private int depth;

        internal Writer(ILender lender = null) { Lender = lender; }

        internal ILender Lender { get; }
        internal int Size { get; private set; }
        internal List<Export> Lent { get; } = new List<Export>();
        internal List<Outgoing> Streams { get; } = new List<Outgoing>();
        /// <summary>The peer's own objects that are passed back: in use until the call is answered.</summary>
        internal List<Remote> Used { get; } = new List<Remote>();

        /// <summary>Writes an argument; what is wrong with it is told with its name.</summary>
        public Writer Put<T>(string name, Codec<T> codec, T value)
        {
            try
            {
                codec.Write(this, value);
            }
            catch (BeckonException error)
            {
                throw error.While("in argument " + name);
            }
            return this;
        }

        /// <summary>The same of what a stream is made of.</summary>
        public Writer Put<T>(string name, Codec<Stream<T>> codec, IEnumerable<T> items) =>
            Put(name, codec, items == null ? null : Stream.Of(items));

        internal byte[] ToArray()
        {
            var made = new byte[Size];
            Buffer.BlockCopy(buffer, 0, made, 0, Size);
            return made;
        }

        internal void Clear() { Size = 0; }

        internal void U8(int number)
        {
            Grow(1);
            buffer[Size++] = (byte)number;
        }

        internal void U16(ushort number) { Number(number, 2); }

        internal void U32(uint number) { Number(number, 4); }

        internal void I32(int number) { Number((uint)number, 4); }

        internal void I64(long number) { Number((ulong)number, 8); }

        internal void U64(ulong number) { Number(number, 8); }

        internal void Float32(float number) { U32(new FloatBits { Float = number }.Bits); }

        internal void Float64(double number) { I64(BitConverter.DoubleToInt64Bits(number)); }

        internal void Number(ulong number, int size)
        {
            Grow(size);
            for (var i = 0; i < size; ++i) buffer[Size++] = (byte)(number >> 8 * i);
        }

        internal void Raw(byte[] content)
        {
            Grow(content.Length);
            Buffer.BlockCopy(content, 0, buffer, Size, content.Length);
            Size += content.Length;
        }

        internal void Block(byte[] content)
        {
            if (content == null) throw Errors.Wrong("bytes", null);
            U32((uint)content.Length);
            Raw(content);
        }

        internal void Text(string value) { Block(Encoded(value)); }

        internal static byte[] Encoded(string value)
        {
            if (value == null) throw Errors.Wrong("a string", null);
            try
            {
                return Utf8.GetBytes(value);
            }
            catch (EncoderFallbackException error)
            {
                throw Errors.Type("a string has no UTF-8: half a character at " + error.Index);
            }
        }

        internal void Align(int size)
        {
            while (Size % size != 0) U8(0);
        }

        internal void Enter()
        {
            if (++depth > MaxDepth) throw Errors.Limit("a value nests deeper than max_depth, " + MaxDepth);
        }

        internal void Leave() { --depth; }

        /// <summary>Room for the size of what follows; its place is for EndSized().</summary>
        internal int BeginSized()
        {
            U32(0);
            return Size;
        }

        internal void EndSized(int start)
        {
            var size = Size - start;
            for (var i = 0; i < 4; ++i) buffer[start - 4 + i] = (byte)(size >> 8 * i);
        }

        /// <summary>Elements side by side. They are an array of a primitive type.</summary>
        internal void Packed(Array values, int count, int elementSize)
        {
            U32((uint)count);
            Align(elementSize);
            var bytes = checked(count * elementSize);
            Grow(bytes);
            Buffer.BlockCopy(values, 0, buffer, Size, bytes);
            if (!BitConverter.IsLittleEndian) Reader.SwapEach(buffer, Size, bytes, elementSize);
            Size += bytes;
        }

        private void Grow(int more)
        {
            if (buffer.Length - Size >= more) return;
            Array.Resize(ref buffer, Math.Max(checked(Size + more), (int)Math.Min(buffer.Length * 2L, int.MaxValue / 2)));
        }
    }

    /// <summary>A float and its bits.</summary>
    [StructLayout(LayoutKind.Explicit)]
    internal struct FloatBits
    {
        [FieldOffset(0)] public float Float;
        [FieldOffset(0)] public uint Bits;
    }
}
