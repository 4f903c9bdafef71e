// Schemas in binary form: docs/wire/schema.md.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Beckon
{
    /// <summary>A use of a type. A declared one has a name, a composed one has arguments.</summary>
    internal sealed class TypeInfo
    {
        private static readonly string[] Words =
        {
            "void", "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "string",
            "date", "time", "datetime", "bytes", "duration", "any", null, "optional", "list", "map", "tuple", "variant", "stream",
            null, null, null, null, "enum", "record", "interface",
        };

        public const int Variant = 24;
        public const int Enum = 30;
        public const int Record = 31;
        public const int Interface = 32;

        public int Kind { get; set; }
        public string Name { get; set; } = "";
        public List<TypeInfo> Arguments { get; } = new List<TypeInfo>();
        public List<string> Cases { get; } = new List<string>();

        public static bool IsKnown(int kind) => kind < Words.Length && Words[kind] != null;

        public bool IsSame(TypeInfo other) =>
            Kind == other.Kind && Name == other.Name && Cases.SequenceEqual(other.Cases) &&
            Arguments.Count == other.Arguments.Count &&
            Arguments.Zip(other.Arguments, (mine, its) => mine.IsSame(its)).All(each => each);

        public override string ToString()
        {
            if (Name != "") return Name;
            if (Arguments.Count == 0) return Words[Kind];
            var parts = Arguments.Select((each, at) => (at < Cases.Count ? Cases[at] + ": " : "") + each);
            return Words[Kind] + "<" + string.Join(", ", parts) + ">";
        }
    }

    /// <summary>A field or a parameter.</summary>
    internal sealed class MemberInfo
    {
        public string Name { get; set; }
        public TypeInfo Type { get; set; }
        public bool HasDefault { get; set; }
    }

    internal sealed class MethodInfo
    {
        public string Name { get; set; }
        public bool IsOneway { get; set; }
        public bool IsIdempotent { get; set; }
        public List<MemberInfo> Parameters { get; set; }
        public TypeInfo Result { get; set; }
    }

    /// <summary>What a peer says of an interface, and of all that this reaches.</summary>
    internal sealed class Description
    {
        private const int MaxTypeDepth = 32;
        private static readonly Encoding Utf8 = new UTF8Encoding(false, true);

        private readonly byte[] content;
        private int at;

        /// <summary>Fails with parse_error; what may stand behind the schema is left.</summary>
        public Description(byte[] content)
        {
            this.content = content;
            if (Number() != 0x01534b42) throw Bad("expected the magic BKS and version 1");
            Several(() => Enums[Text()] = Values());
            Several(() => Records[Text()] = Members(true));
            Several(() => Exceptions[Text()] = Members(true));
            Several(() => Interfaces[Text()] = Methods());
        }

        public Dictionary<string, Dictionary<int, string>> Enums { get; } = new Dictionary<string, Dictionary<int, string>>();
        public Dictionary<string, List<MemberInfo>> Records { get; } = new Dictionary<string, List<MemberInfo>>();
        public Dictionary<string, List<MemberInfo>> Exceptions { get; } = new Dictionary<string, List<MemberInfo>>();
        public Dictionary<string, List<MethodInfo>> Interfaces { get; } = new Dictionary<string, List<MethodInfo>>();

        private static BeckonException Bad(string what) => new BeckonException(ErrorCode.ParseError, "schema: " + what);

        private int Take(uint size)
        {
            if (size > content.Length - at) throw Bad("cut off at offset " + at);
            at += (int)size;
            return at - (int)size;
        }

        private byte Byte() => content[Take(1)];

        private int Number()
        {
            var from = Take(4);
            return content[from] | content[from + 1] << 8 | content[from + 2] << 16 | content[from + 3] << 24;
        }

        private string Text()
        {
            var size = (uint)Number();
            try
            {
                return Utf8.GetString(content, Take(size), (int)size);
            }
            catch (ArgumentException)
            {
                throw Bad("a name is no UTF-8");
            }
        }

        private void Several(Action read)
        {
            for (var left = (uint)Number(); left > 0; --left) read();
        }

        private Dictionary<int, string> Values()
        {
            var made = new Dictionary<int, string>();
            Several(() =>
            {
                var name = Text();
                made[Number()] = name;
            });
            return made;
        }

        private List<MemberInfo> Members(bool haveDefaults)
        {
            var made = new List<MemberInfo>();
            Several(() =>
            {
                var member = new MemberInfo { Name = Text(), Type = ReadType(0) };
                member.HasDefault = haveDefaults && Text() != "";
                made.Add(member);
            });
            return made;
        }

        private List<MethodInfo> Methods()
        {
            var made = new List<MethodInfo>();
            Several(() =>
            {
                var name = Text();
                var flags = Byte();
                made.Add(new MethodInfo
                {
                    Name = name,
                    IsOneway = (flags & 1) != 0,
                    IsIdempotent = (flags & 2) != 0,
                    Parameters = Members(false),
                    Result = ReadType(0),
                });
            });
            return made;
        }

        private TypeInfo ReadType(int depth)
        {
            if (depth > MaxTypeDepth) throw Bad("a type is nested deeper than " + MaxTypeDepth);
            var made = new TypeInfo { Kind = Byte() };
            if (!TypeInfo.IsKnown(made.Kind)) throw Bad("no type is number " + made.Kind);
            if (made.Kind >= TypeInfo.Enum) made.Name = Text();
            // optional, list, map, tuple, variant and stream have one, one, two, any number, any number and one
            var fixedCount = new[] { 1, 1, 2, 0, 0, 1 };
            var composed = made.Kind - 20;
            if (composed < 0 || composed >= fixedCount.Length) return made;
            for (var left = fixedCount[composed]; left > 0; --left) made.Arguments.Add(ReadType(depth + 1));
            if (fixedCount[composed] > 0) return made;
            Several(() =>
            {
                if (made.Kind == TypeInfo.Variant) made.Cases.Add(Text());
                made.Arguments.Add(ReadType(depth + 1));
            });
            return made;
        }
    }
}
