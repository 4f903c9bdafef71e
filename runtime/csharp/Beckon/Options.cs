// What can be said when a session begins.
using System;

namespace Beckon
{
    /// <summary>How to connect.</summary>
    public sealed class ConnectOptions
    {
        /// <summary>Objects that the peer may get by name.</summary>
        public Published Published { get; } = new Published();
        /// <summary>Who this side is, for the peer's authenticator; empty for nobody.</summary>
        public string User { get; set; } = "";
        /// <summary>Proof of that.</summary>
        public byte[] Secret { get; set; } = Frame.Nothing;
        /// <summary>How long there is to connect, and how long to the peer's hello.</summary>
        public TimeSpan Within { get; set; } = TimeSpan.FromMilliseconds(Session.HandshakeMilliseconds);
        /// <summary>The limits of this side.</summary>
        public Hello Hello { get; set; } = new Hello();
    }

    /// <summary>How to serve.</summary>
    public sealed class ServerOptions
    {
        /// <summary>Is given a user's name and secret, and gives the name to know the peer by, or throws.</summary>
        public Func<string, byte[], string> Authenticate { get; set; }
        /// <summary>Whether stack traces of handlers go to the caller.</summary>
        public bool SendTraces { get; set; }
        /// <summary>Connections at a time; further ones are closed at once.</summary>
        public int MaxConnections { get; set; } = 1000;
        /// <summary>The limits of this side.</summary>
        public Hello Hello { get; set; } = new Hello();
    }
}
