// What the two sides have lent each other: numbers, counts, identity.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Beckon
{
    /// <summary>An object of ours that the peer holds. A failed promise has an error in its place.</summary>
    internal sealed class Export
    {
        public uint Number;
        public object Value;
        public InterfaceInfo Info;
        public long Count;
        public Exception Error;
    }

    /// <summary>An object that the peer lent, under its number. When nobody uses it any more it is given back.</summary>
    internal sealed class Remote
    {
        public Remote(Session session, uint number)
        {
            Session = session;
            Number = number;
        }

        public Session Session { get; }
        public uint Number { get; }
        /// <summary>How often it was received; for tables alone.</summary>
        public uint Count;
        /// <summary>Proxies and calls in flight that need it; for tables alone.</summary>
        public int Users;

        public void Enter() { Session.Tables.Enter(this); }

        public void Leave() { Session.Tables.Leave(this); }
    }

    /// <summary>Thread-safety: any thread.</summary>
    internal sealed class Tables
    {
        public const uint Promised = 1u << 31;
        private const int MaxExports = 65536;

        private readonly Session session;
        private readonly object gate = new object();
        private readonly Dictionary<uint, Export> exports = new Dictionary<uint, Export>();
        private readonly Dictionary<ExportKey, Export> known = new Dictionary<ExportKey, Export>();
        private readonly Dictionary<uint, Remote> imports = new Dictionary<uint, Remote>();
        private List<Servant> givenBack = new List<Servant>();
        private uint last;

        public Tables(Session session) { this.session = session; }

        /// <summary>How many objects the peer holds.</summary>
        public int Exported { get { lock (gate) return exports.Count; } }

        /// <summary>How many objects of the peer this side holds.</summary>
        public int Borrowed { get { lock (gate) return imports.Count; } }

        public Export Find(uint number)
        {
            Export found;
            lock (gate) return exports.TryGetValue(number, out found) ? found : null;
        }

        public void Clear()
        {
            lock (gate)
            {
                foreach (var each in exports.Values) KeepToTell(each);
                exports.Clear();
                known.Clear();
                imports.Clear();
            }
            TellServants();
        }

        private void KeepToTell(Export export)
        {
            var servant = export.Value as Servant;
            if (servant != null) givenBack.Add(servant);
        }

        /// <summary>Servants hear of it without any lock.</summary>
        public void TellServants()
        {
            List<Servant> told;
            lock (gate)
            {
                if (givenBack.Count == 0) return;
                told = givenBack;
                givenBack = new List<Servant>();
            }
            foreach (var each in told) each.TellReleased();
        }

        // Ours, which the peer borrows.

        public void Write(Writer target, object value, InterfaceInfo info)
        {
            var proxy = value as Proxy;
            if (proxy != null && ReferenceEquals(proxy.Remote.Session, session))
            {
                if (info != null && info.Name != "" && proxy.Info.Name != info.Name) throw Errors.Wrong("a " + info.Name, value);
                proxy.Remote.Enter();
                target.Used.Add(proxy.Remote);
                target.U8(2);
                target.U32(proxy.Remote.Number);
                return;
            }
            lock (gate)
            {
                var export = FindOrAdd(value, info);
                target.Lent.Add(export);
                target.U8(1);
                target.U32(export.Number);
            }
        }

        private Export FindOrAdd(object value, InterfaceInfo info)
        {
            var actual = info == null || info.Name == "" ? InterfaceOf(value) : info;
            Export found;
            if (known.TryGetValue(new ExportKey(value, actual.Name), out found)) return found;
            if (exports.Count >= MaxExports) throw Errors.Limit("this side lends " + MaxExports + " objects already");
            do last = last % (Promised - 1) + 1;
            while (exports.ContainsKey(last));
            found = new Export { Number = last, Value = value, Info = actual };
            exports.Add(last, found);
            known.Add(new ExportKey(value, actual.Name), found);
            return found;
        }

        private static InterfaceInfo InterfaceOf(object value) =>
            (value as Proxy)?.Info ?? Generated.InterfaceOfObject(value);

        /// <summary>Whether the peer has the object under a number, as ours or as its own.</summary>
        public bool IsLent(object value, InterfaceInfo info)
        {
            var proxy = value as Proxy;
            if (proxy != null && ReferenceEquals(proxy.Remote.Session, session)) return true;
            lock (gate) return known.ContainsKey(new ExportKey(value, info.Name));
        }

        /// <summary>An object that the peer may call by the number it has asked for.</summary>
        public void KeepPromise(uint number, object value, InterfaceInfo info, bool isNew)
        {
            lock (gate)
            {
                var made = new Export { Number = number, Value = value, Info = info, Count = 1 };
                exports[number] = made;
                if (isNew) known[new ExportKey(value, info.Name)] = made;
            }
        }

        public void BreakPromise(uint number, Exception error)
        {
            lock (gate) exports[number] = new Export { Number = number, Count = 1, Error = error };
        }

        /// <summary>A message that lends these goes out.</summary>
        public void CountLent(IEnumerable<Export> lent)
        {
            lock (gate)
            {
                foreach (var each in lent)
                {
                    ++each.Count;
                    exports[each.Number] = each;
                }
            }
        }

        /// <summary>A message that would have lent these did not go out, or was refused.</summary>
        public void Forget(IEnumerable<Export> lent, uint times)
        {
            lock (gate)
            {
                foreach (var each in lent) Release(each.Number, times);
            }
        }

        public void Release(uint number, uint times)
        {
            lock (gate)
            {
                Export found;
                if (!exports.TryGetValue(number, out found) || times > found.Count) return;
                found.Count -= times;
                if (found.Count != 0) return;
                exports.Remove(number);
                KeepToTell(found);
                if (found.Info == null) return;
                var key = new ExportKey(found.Value, found.Info.Name);
                Export same;
                if (known.TryGetValue(key, out same) && ReferenceEquals(same, found)) known.Remove(key);
            }
        }

        // The peer's, which we borrow.

        public object Read(Reader source, int kind, uint number, InterfaceInfo info)
        {
            if (kind == 3) throw Errors.Protocol("the peer kept a promise that was not asked for");
            if (kind == 2)
            {
                var found = Find(number);
                if (found != null && found.Error == null) return found.Value;
                throw new BeckonException(
                    ErrorCode.UnknownObject, "the peer passed back #" + number + ", which is not lent to it");
            }
            if (number == 0 || (number & Promised) != 0) throw Errors.Protocol("the peer lent an object as #" + number);
            var made = info.ProxyOf(Import(number));
            source.Borrowed.Add(made);
            return made;
        }

        /// <summary>The peer's object of that number, with one user more.</summary>
        public Remote Import(uint number)
        {
            lock (gate)
            {
                Remote found;
                if (!imports.TryGetValue(number, out found)) imports.Add(number, found = new Remote(session, number));
                ++found.Users;
                return found;
            }
        }

        /// <summary>A message that lends these was right.</summary>
        public void CountBorrowed(IEnumerable<Proxy> borrowed)
        {
            lock (gate)
            {
                foreach (var each in borrowed) ++each.Remote.Count;
            }
        }

        public void Enter(Remote remote)
        {
            lock (gate) ++remote.Users;
        }

        /// <summary>The last user gives the object back.</summary>
        public void Leave(Remote remote)
        {
            lock (gate)
            {
                if (--remote.Users > 0) return;
                Remote same;
                if (!imports.TryGetValue(remote.Number, out same) || !ReferenceEquals(same, remote)) return;
                imports.Remove(remote.Number);
                // Locked, so that a number which is lent again is not given back behind that.
                if (remote.Count > 0) session.Outbox.PutRelease(remote.Number, remote.Count);
            }
        }

        /// <summary>An object by identity, as one of its interfaces.</summary>
        private struct ExportKey : IEquatable<ExportKey>
        {
            private readonly object identity;
            private readonly string name;

            public ExportKey(object value, string name)
            {
                identity = (value as Proxy)?.Remote ?? value;
                this.name = name;
            }

            public bool Equals(ExportKey other) => ReferenceEquals(identity, other.identity) && name == other.name;
            public override bool Equals(object other) => other is ExportKey && Equals((ExportKey)other);
            public override int GetHashCode() => RuntimeHelpers.GetHashCode(identity) * 31 + name.GetHashCode();
        }
    }
}
