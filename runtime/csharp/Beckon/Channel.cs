// Ways to carry bytes: sockets, pipes to a child process or to a parent.
using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Beckon
{
    /// <summary>Bytes both ways. One thread reads, another one writes; any may close.</summary>
    internal abstract class Channel
    {
        /// <summary>Some bytes; none at the end.</summary>
        public abstract int Read(byte[] target, int at, int most);

        public abstract void Write(byte[] content);

        /// <summary>Ends both. Harmless when repeated.</summary>
        public abstract void Close();

        /// <summary>Connects. Throws disconnected, which names the endpoint.</summary>
        public static Channel Dial(Endpoint endpoint, int withinMilliseconds)
        {
            try
            {
                switch (endpoint.Scheme)
                {
                    case "tcp": return new SocketChannel(Sockets.DialTcp(endpoint, withinMilliseconds));
                    case "unix": return new SocketChannel(Sockets.DialUnix(endpoint));
                    case "exec": return ChildChannel.Start(endpoint.Path);
                    default: return new StandardChannel();
                }
            }
            catch (Exception error) when (error is IOException || error is ExternalException)
            {
                throw new BeckonException(ErrorCode.Disconnected, "cannot connect to " + endpoint.Text + ": " + error.Message);
            }
        }
    }

    internal sealed class SocketChannel : Channel
    {
        /// <summary>A peer that takes nothing for so long is given up.</summary>
        private const int StalledMilliseconds = 60000;
        private readonly Socket socket;

        public SocketChannel(Socket socket)
        {
            this.socket = socket;
            socket.SendTimeout = StalledMilliseconds;
        }

        public override int Read(byte[] target, int at, int most) => socket.Receive(target, at, most, SocketFlags.None);

        public override void Write(byte[] content)
        {
            for (var at = 0; at < content.Length;) at += socket.Send(content, at, content.Length - at, SocketFlags.None);
        }

        public override void Close()
        {
            try
            {
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception error) when (error is SocketException || error is ObjectDisposedException) { }
            socket.Close();
        }
    }

    /// <summary>Our own standard input and output; what is printed goes to standard error from now on.</summary>
    internal sealed class StandardChannel : Channel
    {
        private readonly System.IO.Stream source = Console.OpenStandardInput();
        private readonly System.IO.Stream sink = Console.OpenStandardOutput();

        public StandardChannel() { Console.SetOut(Console.Error); }

        public override int Read(byte[] target, int at, int most) => source.Read(target, at, most);

        public override void Write(byte[] content)
        {
            sink.Write(content, 0, content.Length);
            sink.Flush();
        }

        public override void Close()
        {
            sink.Dispose();
            source.Dispose();
        }
    }
}
