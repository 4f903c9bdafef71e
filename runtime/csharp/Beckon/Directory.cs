// Object 0: what a side publishes by name.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Beckon
{
    /// <summary>A published object.</summary>
    public sealed class ServiceInfo
    {
        /// <summary>The name under which it is published.</summary>
        public string Name { get; internal set; } = "";
        /// <summary>The name of its interface.</summary>
        public string Interface { get; internal set; } = "";
        /// <summary>The interface's digest.</summary>
        public byte[] Digest { get; internal set; } = Frame.Nothing;
    }

    /// <summary>Objects by name. Thread-safety: any thread.</summary>
    public sealed class Published
    {
        private readonly SortedDictionary<string, LentObject> objects =
            new SortedDictionary<string, LentObject>(StringComparer.Ordinal);

        /// <summary>Publishes an object as the one interface that it implements, or as T if that is an interface.</summary>
        public void Add<T>(string name, T value) where T : class { Add(name, value, FindInfo<T>(value)); }

        private static InterfaceInfo FindInfo<T>(object value) =>
            Generated.Of(typeof(T)) as InterfaceInfo ?? (value as Proxy)?.Info ?? Generated.InterfaceOfObject(value);

        private void Add(string name, object value, InterfaceInfo info)
        {
            lock (objects) objects[name] = new LentObject { Value = value, Info = info };
        }

        /// <summary>How many there are.</summary>
        public int Count { get { lock (objects) return objects.Count; } }

        internal LentObject Find(string name)
        {
            lock (objects)
            {
                LentObject found;
                if (objects.TryGetValue(name, out found)) return found;
                var there = objects.Count == 0 ? "nothing" : string.Join(", ", objects.Keys);
                throw new BeckonException(ErrorCode.UnknownObject, "nothing is published as '" + name + "'; there is " + there);
            }
        }

        internal List<ServiceInfo> List()
        {
            lock (objects)
            {
                return objects.Select(each => new ServiceInfo
                {
                    Name = each.Key, Interface = each.Value.Info.Name, Digest = each.Value.Info.Digest,
                }).ToList();
            }
        }
    }

    internal struct DirectoryQuery
    {
        public string Name;
        public string Interface;
        public byte[] Digest;
    }

    /// <summary>Our own directory.</summary>
    internal sealed class Directory
    {
        private readonly Published published;

        public Directory(Published published) { this.published = published; }

        public LentObject Get(DirectoryQuery query)
        {
            var found = published.Find(query.Name);
            var info = found.Info;
            if (query.Interface != "" && query.Interface != info.Name)
            {
                throw new BeckonException(ErrorCode.SchemaMismatch,
                    "'" + query.Name + "' is a " + info.Name + ", the peer expects a " + query.Interface);
            }
            if (query.Digest.Length > 0 && !query.Digest.SequenceEqual(info.Digest))
            {
                throw new BeckonException(ErrorCode.SchemaMismatch,
                    "'" + query.Name + "': interface " + info.Name + " has the digest " + Shown(info.Digest) +
                    "..., the peer's has " + Shown(query.Digest) + "...");
            }
            return found;
        }

        private static string Shown(byte[] digest) => string.Concat(digest.Take(8).Select(each => each.ToString("x2")));

        public List<ServiceInfo> List() => published.List();

        public byte[] Describe(string name) => published.Find(name).Info.Description;
    }

    /// <summary>The peer's directory.</summary>
    internal sealed class DirectoryProxy : Proxy
    {
        private static readonly Codec<object> Found = Codecs.Reference<object>(new InterfaceInfo(""));

        private static Action<Writer> Arguments(DirectoryQuery query) => target =>
            target.Put("name", Codecs.String, query.Name)
                .Put("interface", Codecs.String, query.Interface)
                .Put("digest", Codecs.Bytes, query.Digest);

        public object Get(DirectoryQuery query) => Call(0, Found, Arguments(query));

        public Task<object> GetAsync(DirectoryQuery query, CancellationToken cancellation) =>
            CallAsync(0, Found, Arguments(query), cancellation);

        public List<ServiceInfo> List() => Call(1, DirectoryInterface.Services, target => { });

        public byte[] Describe(string name) => Call(2, Codecs.Bytes, target => target.Put("name", Codecs.String, name));

        public Task<byte[]> DescribeAsync(string name, CancellationToken cancellation) =>
            CallAsync(2, Codecs.Bytes, target => target.Put("name", Codecs.String, name), cancellation);
    }

    internal sealed class DirectoryInterface : InterfaceInfo
    {
        public static readonly DirectoryInterface Instance = new DirectoryInterface();
        public static readonly Codec<List<ServiceInfo>> Services = Codecs.List(new ServiceInfoCodec());
        private static readonly Codec<LentObject> Lent = new LentCodec();

        private DirectoryInterface() : base("directory") { }

        protected override Method[] MakeMethods() => new[]
        {
            new Method("get", source =>
            {
                var query = new DirectoryQuery { Name = source.Text(), Interface = source.Text(), Digest = source.Block() };
                return Invocation.Of<Directory, LentObject>(Lent, (target, ignored) => Handlers.Run(() => target.Get(query)));
            }),
            new Method("list", source =>
                Invocation.Of<Directory, List<ServiceInfo>>(Services, (target, ignored) => Handlers.Run(() => target.List()))),
            new Method("describe", source =>
            {
                var name = source.Text();
                return Invocation.Of<Directory, byte[]>(
                    Codecs.Bytes, (target, ignored) => Handlers.Run(() => target.Describe(name)));
            }),
        };

        private sealed class ServiceInfoCodec : RecordCodec<ServiceInfo>
        {
            public ServiceInfoCodec() : base("service_info") { }

            protected override Field<ServiceInfo>[] MakeFields() => new[]
            {
                Field.Of("name", Codecs.String, each => each.Name, (ref ServiceInfo each, string value) => each.Name = value),
                Field.Of(
                    "interface", Codecs.String, each => each.Interface,
                    (ref ServiceInfo each, string value) => each.Interface = value),
                Field.Of("digest", Codecs.Bytes, each => each.Digest, (ref ServiceInfo each, byte[] value) => each.Digest = value),
            };
        }

        private sealed class LentCodec : Codec<LentObject>
        {
            internal override void Write(Writer target, LentObject value) { References.Write(target, value.Value, value.Info); }
            internal override LentObject ReadValue(Reader source) { throw new NotSupportedException(); }
            internal override LentObject ObjectOf(LentObject value) => value;
            internal override object ToAny(LentObject value) => value.Value;
            internal override LentObject FromAny(object value) { throw new NotSupportedException(); }
        }
    }
}
