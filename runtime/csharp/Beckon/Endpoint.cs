// Endpoints: where to listen or connect, as a text.
using System;
using System.Globalization;
using System.Linq;

namespace Beckon
{
    /// <summary>
    /// The parts of an endpoint: <c>tcp://host:port</c>, <c>unix:path</c>, <c>exec:program arguments</c>, <c>stdio:</c>.
    /// </summary>
    internal sealed class Endpoint
    {
        private Endpoint(string text, string scheme)
        {
            Text = text;
            Scheme = scheme;
        }

        public string Text { get; }
        public string Scheme { get; }
        public string Host { get; private set; } = "";
        public int Port { get; private set; }
        /// <summary>A path, or a command line.</summary>
        public string Path { get; private set; } = "";

        public static Endpoint Parse(string text)
        {
            // The only protocol that there is here may be named.
            const string native = "native+";
            if (text.StartsWith(native, StringComparison.Ordinal)) text = text.Substring(native.Length);
            var colon = text.IndexOf(':');
            var scheme = colon < 0 ? "" : text.Substring(0, colon);
            if (!new[] { "tcp", "unix", "exec", "stdio" }.Contains(scheme))
            {
                throw Wrong(text, "tcp://, unix:, exec: or stdio:");
            }
            var rest = text.Substring(colon + 1);
            var made = new Endpoint(text, scheme) { Path = rest };
            if (scheme != "tcp") return made;
            var last = rest.LastIndexOf(':');
            int port;
            if (!rest.StartsWith("//", StringComparison.Ordinal) || last < 2 ||
                !int.TryParse(rest.Substring(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535)
            {
                throw Wrong(text, "tcp://host:port");
            }
            var host = rest.Substring(2, last - 2).Trim('[', ']');
            made.Host = host == "" ? "127.0.0.1" : host;
            made.Port = port;
            return made;
        }

        /// <summary>The same with the port that was taken.</summary>
        public string WithPort(int port) => "tcp://" + (Host.Contains(":") ? "[" + Host + "]" : Host) + ":" + port;

        private static BeckonException Wrong(string text, string expected) =>
            new BeckonException(ErrorCode.InvalidArgument, "endpoint '" + text + "': expected " + expected);
    }
}
