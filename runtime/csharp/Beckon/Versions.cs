// Whether two versions of an interface can talk: docs/guide/evolution.md.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    /// <summary>Members are known by their position, so the shorter of two lists must be how the longer begins.</summary>
    internal sealed class Versions
    {
        private readonly Description theirs;
        private readonly Description ours;
        private readonly List<string> breaks = new List<string>();
        private readonly HashSet<string> seen = new HashSet<string>();
        private readonly Stack<TypeInfo> wanted = new Stack<TypeInfo>();

        private Versions(Description theirs, Description ours)
        {
            this.theirs = theirs;
            this.ours = ours;
        }

        /// <summary>
        /// Whether what a peer publishes under a name is an interface called like ours. Fails with schema_mismatch where it is,
        /// but the two cannot talk.
        /// </summary>
        public static bool Check(byte[] description, string name, InterfaceInfo info)
        {
            Description theirs;
            try
            {
                theirs = new Description(description);
            }
            catch (BeckonException error) when (error.Code == ErrorCode.ParseError)
            {
                throw Mismatch("'" + name + "' has a schema that cannot be read: " + error.Message);
            }
            if (!theirs.Interfaces.ContainsKey(info.Name)) return false;
            var comparison = new Versions(theirs, new Description(info.Description));
            comparison.Run(info.Name);
            if (comparison.breaks.Count == 0) return true;
            throw Mismatch("'" + name + "' has another version of " + info.Name + ": " + string.Join("; ", comparison.breaks));
        }

        private static BeckonException Mismatch(string what) => new BeckonException(ErrorCode.SchemaMismatch, what);

        private void Run(string name)
        {
            Want(new TypeInfo { Kind = TypeInfo.Interface, Name = name });
            foreach (var each in theirs.Exceptions.Keys)
            {
                Both(theirs.Exceptions, ours.Exceptions, each, (there, here) => Records("exception " + each, there, here));
            }
            while (wanted.Count > 0) Declared(wanted.Pop());
        }

        private void Want(TypeInfo type)
        {
            if (type.Name != "" && seen.Add(type.Kind + " " + type.Name)) wanted.Push(type);
            foreach (var each in type.Arguments) Want(each);
        }

        private static void Both<T>(Dictionary<string, T> theirs, Dictionary<string, T> ours, string name, Action<T, T> compare)
        {
            T there;
            T here;
            // What only one of them knows by this name the other calls a type of another kind, which has been told of.
            if (theirs.TryGetValue(name, out there) && ours.TryGetValue(name, out here)) compare(there, here);
        }

        private void Declared(TypeInfo type)
        {
            var name = type.Name;
            if (type.Kind == TypeInfo.Enum)
            {
                Both(theirs.Enums, ours.Enums, name, (there, here) => Enums("enum " + name, there, here));
            }
            else if (type.Kind == TypeInfo.Record)
            {
                Both(theirs.Records, ours.Records, name, (there, here) => Records("record " + name, there, here));
            }
            else
            {
                Both(theirs.Interfaces, ours.Interfaces, name, (there, here) => Interfaces("interface " + name, there, here));
            }
        }

        private void Types(string path, TypeInfo there, TypeInfo here)
        {
            if (there.IsSame(here)) Want(here);
            else breaks.Add(path + ": is " + there + " there and " + here + " here");
        }

        /// <summary>How many members both have, as long as the names are the same.</summary>
        private int Common(string path, string word, IEnumerable<string> there, IEnumerable<string> here)
        {
            var pairs = there.Zip(here, Tuple.Create).ToList();
            var differs = pairs.FindIndex(each => each.Item1 != each.Item2);
            if (differs < 0) return pairs.Count;
            breaks.Add(path + ", " + word + " " + (differs + 1) + ": is " + pairs[differs].Item1 + " there, " +
                       pairs[differs].Item2 + " here");
            return differs;
        }

        private void Enums(string path, Dictionary<int, string> there, Dictionary<int, string> here)
        {
            var numbers = here.ToDictionary(each => each.Value, each => each.Key);
            foreach (var each in there)
            {
                int number;
                string name;
                if (numbers.TryGetValue(each.Value, out number))
                {
                    if (number == each.Key) continue;
                    breaks.Add(path + ", value " + each.Value + ": is " + each.Key + " there and " + number + " here");
                }
                else if (here.TryGetValue(each.Key, out name))
                {
                    breaks.Add(path + ", value " + each.Key + ": is " + each.Value + " there, " + name + " here");
                }
            }
        }

        private void Records(string path, List<MemberInfo> there, List<MemberInfo> here)
        {
            var count = Common(path, "field", there.Select(each => each.Name), here.Select(each => each.Name));
            for (var at = 0; at < count; ++at) Types(path + ", field " + here[at].Name, there[at].Type, here[at].Type);
            if (count < Math.Min(there.Count, here.Count)) return;
            foreach (var each in there.Skip(count).Concat(here.Skip(count)).Where(each => !each.HasDefault))
            {
                breaks.Add(path + ", field " + each.Name + ": is at one side alone, without a default value");
            }
        }

        private void Interfaces(string path, List<MethodInfo> there, List<MethodInfo> here)
        {
            var count = Common(path, "method", there.Select(each => each.Name), here.Select(each => each.Name));
            for (var at = 0; at < count; ++at) Methods(path + ", method " + here[at].Name, there[at], here[at]);
        }

        private void Methods(string path, MethodInfo there, MethodInfo here)
        {
            Types(path + ", result", there.Result, here.Result);
            if (there.IsOneway != here.IsOneway) breaks.Add(path + ": one side waits for a reply, the other does not");
            if (there.IsIdempotent && !here.IsIdempotent) breaks.Add(path + ": may be repeated there, but not here");
            if (there.Parameters.Count != here.Parameters.Count)
            {
                breaks.Add(path + ": has " + there.Parameters.Count + " parameters there and " + here.Parameters.Count + " here");
                return;
            }
            for (var at = 0; at < here.Parameters.Count; ++at)
            {
                var where = path + ", parameter " + (at + 1);
                var was = there.Parameters[at];
                var name = here.Parameters[at].Name;
                Types(where, was.Type, here.Parameters[at].Type);
                if (was.Name != name && there.Parameters.Any(each => each.Name == name))
                {
                    breaks.Add(where + ": is " + was.Name + " there, " + name + " here");
                }
            }
        }
    }
}
