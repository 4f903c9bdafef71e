// The native codec's vectors: reads lines `name`, tab, `method`, tab, `hex` from the file named; checks values, bytes both
// ways, and what is cut off or changed.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Threading;
using Beckon;
using Samples;

/// <summary>Where there is no session: object 1 is a Counter, stream 1 a stream.</summary>
internal sealed class Peer : ILender, IBorrower
{
    private sealed class One : CounterServant
    {
        public override long Increment(long by) => by;
    }

    public static readonly ICounter Counter = new One();

    void ILender.WriteReference(Writer target, object value, InterfaceInfo info)
    {
        target.U8(1);
        target.U32(1);
    }

    void ILender.WriteStream(Writer target, Outgoing stream) { target.U32(1); }

    object IBorrower.ReadReference(Reader source, int kind, uint number, InterfaceInfo info)
    {
        if (kind != 1 || number != 1) throw new BeckonException(ErrorCode.ProtocolError, "not object 1");
        return Counter;
    }

    void IBorrower.ReadStream(Reader source, Incoming stream, uint number) { }
}

internal static class VectorsProgram
{
    private static readonly Item Bolt = new Item
    {
        Name = "bolt", Count = 3, Tags = { "m4", "steel" }, At = new Point { X = 1, Y = 2 }, Mood = Mood.Busy,
    };

    private static readonly Dictionary<string, object> Values = new Dictionary<string, object>
    {
        { "bool_true", true }, { "int8", (sbyte)-2 }, { "uint8", (byte)200 }, { "int64", long.MinValue },
        { "uint64", ulong.MaxValue }, { "float64", -1.5 }, { "float64_infinity", double.PositiveInfinity },
        { "string", "h\u00e9llo" }, { "bytes", new byte[] { 0, 255 } }, { "date", new Date(1969, 12, 31) },
        { "time", new TimeOfDay(86399999999999) }, { "datetime", new Timestamp(19782, 1) },
        { "duration", new Duration(-1500000000) }, { "enum", Mood.Broken }, { "optional_empty", null }, { "optional_int32", 5 },
        { "list_string", new[] { "a", "bc" } }, { "list_int16", new short[] { 1, -1 } },
        { "list_float64", new[] { 1, 2.5 } }, { "record", new Point { X = 1, Y = -0.0 } }, { "record_nested", Bolt },
        { "record_of_list", new[] { Bolt, new Item() } }, { "record_defaults", new LaterSettings { Name = "n" } },
        { "reference_null", null }, { "any_null", null }, { "any_integer_least_small", -32L },
        { "any_integer_int64", long.MaxValue }, { "any_integer_uint64", ulong.MaxValue },
        { "any_integer_big", BigInteger.Pow(2, 64) }, { "any_integer_big_negative", -BigInteger.Pow(2, 64) - 1 },
        { "any_float32", 0.5f }, { "any_complex", new Complex(1, -2) }, { "any_string_long", new string('x', 64) },
        { "any_list", new object[] { 1L, "x", null } }, { "any_list_float32", new[] { 0.5f, 1, 1.5f, 2 } },
        { "any_tuple", new AnyTuple(1L, 2L, 3L, 4L) }, { "any_slice", new AnySlice(1L, null, -1L) },
        { "any_enumeration", new AnyEnum("Mood", "broken", 7) }, { "any_variant", new AnyVariant("a", 5L) },
        { "any_extension", new Extension(-1, new[] { (byte)'z' }) },
    };

    private static int Main(string[] words)
    {
        var vectors = File.ReadAllLines(words[0]).Select(line => line.Split('\t')).ToList();
        var methods = Wire.VectorsInterface.Instance.Methods;
        foreach (var vector in vectors)
        {
            Check.Run(vector[0], () => RoundTrip(vector[0], methods[int.Parse(vector[1])], BytesOf(vector[2])));
        }
        Check.Run("cut short", () => CutShort(vectors, methods));
        Check.Run("changed", () => Changed(vectors, methods));
        Check.Run("counts without bytes", CountsWithoutBytes);
        Check.Run("depth", Depth);
        Check.Run("nodes", () => Check.Fails(ErrorCode.LimitExceeded, () => Nodes(1000001), "max_nodes"));
        Check.Run("records of other versions", Versions);
        Check.Run("same keys", SameKeys);
        Check.Run("nothing but values of the type is written", Refused);
        return Check.Status;
    }

    private static byte[] BytesOf(string digits) =>
        Enumerable.Range(0, digits.Length / 2).Select(at => Convert.ToByte(digits.Substring(at * 2, 2), 16)).ToArray();

    /// <summary>Reads a message by the code that serves a method, and gives the value to an object that keeps it.</summary>
    private static Invocation Read(Method method, byte[] content)
    {
        var source = new Reader(content, 0, new Peer());
        var call = method.Read(source);
        source.Finish();
        return call;
    }

    private static object ValueOf(Method method, byte[] content)
    {
        var echo = new Echo();
        Read(method, content).Run(echo, CancellationToken.None).Wait();
        return echo.Last;
    }

    private static void RoundTrip(string name, Method method, byte[] content)
    {
        var call = Read(method, content);
        var echo = new Echo();
        var finished = call.Run(echo, CancellationToken.None);
        finished.Wait();
        if (Values.ContainsKey(name)) Check.Equal(Values[name], echo.Last);
        if (name == "any_stream") return; // nobody sends one without its type
        var target = new Writer(new Peer());
        call.WriteResult(target, finished);
        Check.Equal(BitConverter.ToString(content), BitConverter.ToString(target.ToArray()));
    }

    private static void CutShort(List<string[]> vectors, Method[] methods)
    {
        foreach (var vector in vectors)
        {
            var content = BytesOf(vector[2]);
            for (var size = 0; size < content.Length; ++size)
            {
                Check.Throws<BeckonException>(() => Read(methods[int.Parse(vector[1])], content.Take(size).ToArray()));
            }
        }
    }

    private static void Changed(List<string[]> vectors, Method[] methods)
    {
        foreach (var vector in vectors)
        {
            var content = BytesOf(vector[2]);
            for (var at = 0; at < Math.Min(content.Length, 48); ++at)
            {
                foreach (byte value in new byte[] { 0x00, 0x20, 0x24, 0x7f, 0x80, 0xff })
                {
                    var changed = (byte[])content.Clone();
                    changed[at] = value;
                    try
                    {
                        Read(methods[int.Parse(vector[1])], changed);
                    }
                    catch (BeckonException) { }
                }
            }
        }
    }

    private static void CountsWithoutBytes()
    {
        var before = GC.GetTotalMemory(true);
        var huge = new byte[] { 0xff, 0xff, 0xff, 0xff };
        var bytes = huge.Concat(new byte[8]).ToArray();
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.List(Codecs.String).Read(new Reader(bytes)));
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.Numbers(Codecs.Float64).Read(new Reader(bytes)));
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.Numbers(Codecs.UInt8).Read(new Reader(bytes)));
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.Bytes.Read(new Reader(bytes)));
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.Map(Codecs.String, Codecs.Int8).Read(new Reader(bytes)));
        Check.Fails(ErrorCode.LimitExceeded, () => Codecs.List(Codecs.Void).Read(new Reader(bytes)));
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.Any.Read(new Reader(new byte[] { 0x20 }.Concat(bytes).ToArray())));
        Check.That(GC.GetTotalMemory(true) - before < 1 << 20, "memory was spent on it");
    }

    private static void Depth()
    {
        Func<int, byte[]> nested = levels =>
            Enumerable.Repeat(new byte[] { 0x20, 1, 0, 0, 0 }, levels).SelectMany(each => each).Concat(new byte[1]).ToArray();
        Codecs.Any.Read(new Reader(nested(64)));
        Check.Fails(ErrorCode.LimitExceeded, () => Codecs.Any.Read(new Reader(nested(65))), "max_depth, 64");
        object value = 1L;
        for (var i = 0; i < 65; ++i) value = new List<object> { value };
        Check.Fails(ErrorCode.LimitExceeded, () => Codecs.Any.Write(new Writer(), value), "max_depth, 64");
    }

    private static void Nodes(int count)
    {
        var target = new Writer();
        target.U8(0x20);
        target.U32((uint)count);
        target.Raw(new byte[count]);
        Codecs.Any.Read(new Reader(target.ToArray()));
    }

    private static void Versions()
    {
        var older = new byte[] { 5, 0, 0, 0, 1, 0, 0, 0, (byte)'n' };
        Check.Equal(new LaterSettings { Name = "n" }, Wire.LaterSettingsCodec.Instance.Read(new Reader(older)));
        var newer = new byte[] { 20, 0, 0, 0 }.Concat(new byte[20]).ToArray();
        Check.Equal(new Point(), Wire.PointCodec.Instance.Read(new Reader(newer)));
        var lacking = new byte[] { 8, 0, 0, 0 }.Concat(new byte[8]).ToArray();
        Check.Fails(ErrorCode.ProtocolError, () => Wire.PointCodec.Instance.Read(new Reader(lacking)));
    }

    private static void SameKeys()
    {
        var twice = new Writer();
        twice.U32(2);
        for (var i = 0; i < 2; ++i) twice.Block(new byte[] { 1 });
        twice.U32(0);
        Check.Fails(ErrorCode.ProtocolError, () => Codecs.Map(Codecs.Bytes, Codecs.Void).Read(new Reader(twice.ToArray())), "same key");
        foreach (var tag in new byte[] { 0x22, 0x24 })
        {
            var content = new byte[] { tag, 2, 0, 0, 0, 0xe1, 0xe1, 0xe1, 0xe1 };
            Check.Fails(ErrorCode.ProtocolError, () => Codecs.Any.Read(new Reader(content)), "twice");
        }
        // 1 and 1.0 differ, and so do nothing and false.
        var apart = new AnyMap { { 1L, 1L }, { 1.0, 2L }, { null, 3L }, { false, 4L }, { new List<object> { 1L }, 5L } };
        var target = new Writer();
        Codecs.Any.Write(target, apart);
        Check.That(apart.Equals(Codecs.Any.Read(new Reader(target.ToArray()))), "the map has changed");
    }

    private static void Refused()
    {
        Action<Action<Writer>> refused = write => Check.Fails(ErrorCode.TypeMismatch, () => write(new Writer()));
        refused(target => Codecs.String.Write(target, null));
        refused(target => Codecs.String.Write(target, "half \ud800 a character"));
        refused(target => Wire.MoodCodec.Instance.Write(target, (Mood)3));
        refused(target => Codecs.Time.Write(target, new TimeOfDay(86400000000000)));
        refused(target => Wire.ItemCodec.Instance.Write(target, new Item { Tags = null }));
        refused(target => Codecs.Any.Write(target, new Thread(() => { })));
        Check.Fails(ErrorCode.TypeMismatch, () => Wire.ItemCodec.Instance.Write(new Writer(), new Item { Name = null }),
            "in field Item.name");
        Check.Fails(ErrorCode.TypeMismatch,
            () => Wire.ItemCodec.Instance.Write(new Writer(), new Item { Name = "", Tags = new List<string> { "a", null } }),
            "found null, expected a string; in item 1; in field Item.tags");
    }
}
