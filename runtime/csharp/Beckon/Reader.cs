// Bytes to values: docs/wire/native.md, "Values". Nothing is made for a count before the bytes for it are there.
using System;
using System.Collections.Generic;
using System.Text;

namespace Beckon
{
    /// <summary>Who turns numbers into objects and streams: a session.</summary>
    internal interface IBorrower
    {
        object ReadReference(Reader source, int kind, uint number, InterfaceInfo info);
        void ReadStream(Reader source, Incoming stream, uint number);
    }

    /// <summary>One message, or a part of one. What is borrowed in it counts once all of it was right.</summary>
    public sealed class Reader
    {
        internal const int MaxNodes = 1000000;

        private readonly byte[] content;
        private readonly int start;
        private int nodes;
        private int depth;

        internal Reader(byte[] content, int start = 0, IBorrower borrower = null)
        {
            this.content = content;
            this.start = start;
            At = start;
            End = content.Length;
            Borrower = borrower;
        }

        internal IBorrower Borrower { get; }
        internal int At { get; private set; }
        internal int End { get; private set; }
        internal int Left => End - At;
        internal List<Proxy> Borrowed { get; } = new List<Proxy>();
        internal List<Incoming> Streams { get; } = new List<Incoming>();

        private int Offset => At - start;

        /// <summary>Passes over so many bytes, which must be there, and gives the place of the first.</summary>
        private int Take(long size)
        {
            if (size > Left)
            {
                throw Errors.Protocol("offset " + Offset + ": found " + Left + " bytes, expected " + size);
            }
            At += (int)size;
            return At - (int)size;
        }

        internal int U8() => content[Take(1)];

        internal ushort U16() => (ushort)Number(2);

        internal uint U32() => (uint)Number(4);

        internal int I32() => (int)(uint)Number(4);

        internal long I64() => (long)Number(8);

        internal ulong U64() => Number(8);

        internal float Float32() => new FloatBits { Bits = U32() }.Float;

        internal double Float64() => BitConverter.Int64BitsToDouble(I64());

        internal ulong Number(int size)
        {
            var at = Take(size);
            ulong number = 0;
            for (var i = 0; i < size; ++i) number |= (ulong)content[at + i] << 8 * i;
            return number;
        }

        internal byte[] Raw(long size)
        {
            var at = Take(size);
            var made = new byte[size];
            Buffer.BlockCopy(content, at, made, 0, made.Length);
            return made;
        }

        internal byte[] Block() => Raw(U32());

        internal string Text() => TextOf(U32());

        internal string TextOf(long size)
        {
            var at = Take(size);
            try
            {
                return Writer.Utf8.GetString(content, at, (int)size);
            }
            catch (DecoderFallbackException)
            {
                throw Errors.Protocol("offset " + (at - start) + ": a string is no UTF-8");
            }
        }

        internal bool Flag()
        {
            var found = U8();
            if (found > 1) throw Errors.Protocol("offset " + (Offset - 1) + ": found " + found + ", expected 0 or 1");
            return found == 1;
        }

        /// <summary>A count of elements of at least so many bytes, which must be there.</summary>
        internal int Count(int least)
        {
            var count = U32();
            if ((long)count * least > Left)
            {
                throw Errors.Protocol("offset " + Offset + ": found " + Left + " bytes, expected " + count +
                                      " elements of " + least + " at least");
            }
            AddNodes(count);
            return (int)count;
        }

        private void AddNodes(uint count)
        {
            if (count > MaxNodes - nodes) throw Errors.Limit("a message has more values than max_nodes, " + MaxNodes);
            nodes += (int)count;
        }

        internal void Align(int size) { Take((size - Offset % size) % size); }

        internal void Enter()
        {
            if (++depth > Writer.MaxDepth) throw Errors.Limit("a value nests deeper than max_depth, " + Writer.MaxDepth);
        }

        internal void Leave() { --depth; }

        /// <summary>Elements side by side, into an array that `make` gives for their number.</summary>
        internal TArray Packed<TArray>(int elementSize, Func<int, TArray> make) where TArray : class
        {
            var count = U32();
            Align(elementSize);
            var at = Take((long)count * elementSize);
            AddNodes(count);
            var values = make((int)count);
            Buffer.BlockCopy(content, at, (Array)(object)values, 0, (int)count * elementSize);
            if (!BitConverter.IsLittleEndian)
            {
                var swapped = new byte[count * elementSize];
                Buffer.BlockCopy(content, at, swapped, 0, swapped.Length);
                SwapEach(swapped, 0, swapped.Length, elementSize);
                Buffer.BlockCopy(swapped, 0, (Array)(object)values, 0, swapped.Length);
            }
            return values;
        }

        internal static void SwapEach(byte[] content, int at, int size, int elementSize)
        {
            for (var end = at + size; at < end; at += elementSize) Array.Reverse(content, at, elementSize);
        }

        /// <summary>Enters a part of so many bytes; gives the end of what is around it, for EndSized().</summary>
        internal int BeginSized(string what)
        {
            var size = U32();
            if (size > Left) throw Errors.Protocol(what + ": " + Left + " of " + size + " bytes are there");
            var outer = End;
            End = At + (int)size;
            return outer;
        }

        internal void EndSized(int outer)
        {
            At = End;
            End = outer;
        }

        internal void Finish()
        {
            if (Left > 0) throw Errors.Protocol("offset " + Offset + ": " + Left + " bytes too many");
        }

        /// <summary>The message was wrong: what it lent was not lent.</summary>
        internal void Abandon()
        {
            foreach (var each in Borrowed) each.Dispose();
            Borrowed.Clear();
        }
    }
}
