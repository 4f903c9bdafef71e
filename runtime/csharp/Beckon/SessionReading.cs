// What a session hears: frames, in order, on a thread of its own.
using System;
using System.IO;
using System.Linq;
using System.Threading;

namespace Beckon
{
    public sealed partial class Session
    {
        /// <summary>What is read at a time at first: it doubles as bytes come.</summary>
        private const int LeastBytes = 4096;
        private const int MaxKeptBytes = 1 << 20;

        private void ReadAll()
        {
            try
            {
                using (new Timer(ignored => CheckGreeting(), null, greetedWithin, Timeout.Infinite)) ReadFrames();
            }
            catch (BeckonException error)
            {
                End(error);
            }
            catch (Exception error)
            {
                var isIo = error is IOException || error is ObjectDisposedException || error is System.Net.Sockets.SocketException;
                if (isIo) Fail(new BeckonException(ErrorCode.Disconnected, Endpoint + ": " + error.Message));
                else End(new BeckonException(ErrorCode.Internal, "this side failed: " + error.Message));
            }
        }

        private void ReadFrames()
        {
            var buffer = new byte[LeastBytes];
            int used = 0;
            var isBegun = false;
            while (Ended == null)
            {
                if (used == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                else if (used == 0 && buffer.Length > MaxKeptBytes) buffer = new byte[LeastBytes];
                var size = channel.Read(buffer, used, buffer.Length - used);
                if (size == 0)
                {
                    Fail(new BeckonException(ErrorCode.Disconnected, Endpoint + " closed the connection"));
                    return;
                }
                Outbox.Hear();
                used += size;
                var at = 0;
                if (!isBegun)
                {
                    if (used < Frame.Magic.Length) continue;
                    if (!buffer.Take(Frame.Magic.Length).SequenceEqual(Frame.Magic))
                    {
                        throw Errors.Protocol(Endpoint + " speaks another protocol");
                    }
                    at = Frame.Magic.Length;
                    isBegun = true;
                }
                at = TakeFrames(buffer, at, used);
                Buffer.BlockCopy(buffer, at, buffer, 0, used - at);
                used -= at;
            }
        }

        private void CheckGreeting()
        {
            if (!isGreeted) End(new BeckonException(ErrorCode.Timeout, Endpoint + ": no hello within " + greetedWithin + " ms"));
        }

        /// <summary>Takes whole frames; gives the place behind them.</summary>
        private int TakeFrames(byte[] buffer, int at, int used)
        {
            while (used - at >= Head.Bytes && Ended == null)
            {
                var head = Head.Read(buffer, at);
                head.Check(isGreeted ? Hello.MaxMessageBytes : MaxBeforeHello);
                var whole = (head.Size + 7L) / 8 * 8;
                if (whole > used - at) break;
                var content = new byte[head.Size - Head.Bytes];
                Buffer.BlockCopy(buffer, at + Head.Bytes, content, 0, content.Length);
                at += (int)whole;
                Take(head, content);
                Tables.TellServants();
            }
            return at;
        }

        private void Take(Head head, byte[] content)
        {
            var isFirst = head.Type == FrameType.Hello || head.Type == FrameType.GoAway || head.Type == FrameType.Bye;
            if (!isGreeted && !isFirst) throw Errors.Protocol("found a frame of type " + head.Type + " before the hello");
            switch (head.Type)
            {
                case FrameType.Hello: Greet(content); break;
                case FrameType.Call: Serving.Take(head, content); break;
                case FrameType.Reply:
                case FrameType.Error: Calling.Answer(head, content); break;
                case FrameType.Cancel: Serving.Cancel(head.Call); break;
                case FrameType.Release: Serving.Release(Frame.ReadRelease(content, head.Object)); break;
                case FrameType.StreamItem: TakeItem(head, content); break;
                case FrameType.StreamEnd: EndIncoming(head, content); break;
                case FrameType.StreamCredit: FindOutgoing(head.Call)?.AddCredit(head.Object); break;
                case FrameType.StreamStop: FindOutgoing(head.Call)?.Stop(); break;
                case FrameType.Ping: SendAnswer(Frame.Pack(FrameType.Pong, call: head.Call, number: head.Object)); break;
                case FrameType.GoAway: wentAway = ErrorFrames.Read(content); break;
                case FrameType.Bye:
                    var reason = wentAway == null ? "" : ": " + wentAway.Message;
                    Fail(new BeckonException(ErrorCode.Disconnected, Endpoint + " ended the session" + reason));
                    break;
            }
        }

        private void Greet(byte[] content)
        {
            if (isGreeted) throw Errors.Protocol("found a second hello");
            var hello = Hello.Read(content);
            if (authenticate != null)
            {
                try
                {
                    User = authenticate(hello.User, hello.Secret);
                }
                catch (Exception)
                {
                    throw new BeckonException(ErrorCode.AccessDenied, "user '" + hello.User + "' was refused");
                }
            }
            PeerHello = hello;
            isGreeted = true;
        }
    }
}
