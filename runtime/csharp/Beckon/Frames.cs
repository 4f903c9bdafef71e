// Frames: what goes over the wire between two sessions (docs/wire/native.md, "Frames").
using System;
using System.Collections.Generic;

namespace Beckon
{
    internal static class FrameType
    {
        public const byte Hello = 1, Call = 2, Reply = 3, Error = 4, Cancel = 5, Release = 6, StreamItem = 7, StreamEnd = 8;
        public const byte StreamCredit = 9, StreamStop = 10, Ping = 11, Pong = 12, GoAway = 13, Bye = 14;
    }

    internal static class FrameFlag
    {
        public const byte Deadline = 1, Parent = 2, Promise = 4, Metadata = 8, Oneway = 16;
        public const byte Untaken = 1;
    }

    /// <summary>The header of a frame.</summary>
    internal struct Head
    {
        public const int Bytes = 16;

        public uint Size;
        public byte Type;
        public byte Flags;
        public ushort Method;
        public uint Call;
        public uint Object;

        public static Head Read(byte[] content, int at)
        {
            var source = new Reader(content, at);
            return new Head
            {
                Size = source.U32(),
                Type = (byte)source.U8(),
                Flags = (byte)source.U8(),
                Method = source.U16(),
                Call = source.U32(),
                Object = source.U32(),
            };
        }

        /// <summary>What can be said of a frame before its content is there.</summary>
        public void Check(uint most)
        {
            if (Size < Bytes) throw Errors.Protocol("found a frame of " + Size + " bytes, expected " + Bytes + " at least");
            if (Size > most) throw Errors.Limit("found a frame of " + Size + " bytes, allowed are " + most);
            if (Type < FrameType.Hello || (Type > FrameType.Bye && Type < 128))
            {
                throw Errors.Protocol("found a frame of the unknown type " + Type);
            }
            var isEmpty = Type == FrameType.Cancel || Type == FrameType.StreamCredit || Type == FrameType.StreamStop ||
                          Type == FrameType.Ping || Type == FrameType.Pong || Type == FrameType.Bye;
            if (isEmpty && Size != Bytes) throw Errors.Protocol("found " + (Size - Bytes) + " bytes in a frame of type " + Type);
        }
    }

    internal static class Frame
    {
        public static readonly byte[] Magic = { 0x89, 0x42, 0x4b, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a };
        public static readonly byte[] Nothing = new byte[0];

        public static byte[] Pack(byte type, byte[] content = null, byte flags = 0, int method = 0, uint call = 0, uint number = 0)
        {
            content = content ?? Nothing;
            var made = new byte[(Head.Bytes + content.Length + 7) / 8 * 8];
            Put(made, 0, (uint)(Head.Bytes + content.Length));
            made[4] = type;
            made[5] = flags;
            made[6] = (byte)method;
            made[7] = (byte)(method >> 8);
            Put(made, 8, call);
            Put(made, 12, number);
            Buffer.BlockCopy(content, 0, made, Head.Bytes, content.Length);
            return made;
        }

        public static byte[] PackRelease(uint number, uint count)
        {
            var content = new byte[8];
            Put(content, 0, number);
            Put(content, 4, count);
            return Pack(FrameType.Release, content, number: 1);
        }

        private static void Put(byte[] target, int at, uint number)
        {
            for (var i = 0; i < 4; ++i) target[at + i] = (byte)(number >> 8 * i);
        }

        /// <summary>Pairs of a number and a count.</summary>
        public static List<KeyValuePair<uint, uint>> ReadRelease(byte[] content, uint count)
        {
            if (content.Length != count * 8L)
            {
                throw Errors.Protocol("a release of " + count + " objects has " + content.Length + " bytes");
            }
            var source = new Reader(content);
            var pairs = new List<KeyValuePair<uint, uint>>();
            while (source.Left > 0) pairs.Add(new KeyValuePair<uint, uint>(source.U32(), source.U32()));
            return pairs;
        }
    }

    /// <summary>What may stand before a call's arguments.</summary>
    internal sealed class Extras
    {
        public uint? Milliseconds;
        public uint? Parent;
        public uint? Promise;
        public Dictionary<string, string> Metadata = new Dictionary<string, string>();

        public byte Pack(Writer target)
        {
            byte flags = 0;
            if (Milliseconds.HasValue)
            {
                flags |= FrameFlag.Deadline;
                target.U32(Milliseconds.Value);
            }
            if (Parent.HasValue)
            {
                flags |= FrameFlag.Parent;
                target.U32(Parent.Value);
            }
            if (Metadata.Count > 0)
            {
                flags |= FrameFlag.Metadata;
                target.U32((uint)Metadata.Count);
                foreach (var each in Metadata)
                {
                    target.Text(each.Key);
                    target.Text(each.Value);
                }
            }
            target.Align(8);
            return flags;
        }

        /// <summary>Reads up to where the arguments begin.</summary>
        public static Extras Read(byte flags, Reader source)
        {
            var extras = new Extras();
            if ((flags & FrameFlag.Deadline) != 0) extras.Milliseconds = source.U32();
            if ((flags & FrameFlag.Parent) != 0) extras.Parent = source.U32();
            if ((flags & FrameFlag.Promise) != 0) extras.Promise = source.U32();
            if ((flags & FrameFlag.Metadata) != 0)
            {
                var count = source.Count(8);
                for (var i = 0; i < count; ++i)
                {
                    var key = source.Text();
                    extras.Metadata[key] = source.Text();
                }
            }
            source.Align(8);
            return extras;
        }
    }
}
