// What a session makes of messages: objects and streams in them, and when they count.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    public sealed partial class Session : ILender, IBorrower
    {
        private const int MaxStreams = 1024;

        private readonly object streamGate = new object();
        private readonly Dictionary<uint, Incoming> incoming = new Dictionary<uint, Incoming>();
        private readonly Dictionary<uint, Outgoing> outgoing = new Dictionary<uint, Outgoing>();
        private uint lastStream;

        /// <summary>How many streams are open, in both directions.</summary>
        internal int OpenStreams { get { lock (streamGate) return incoming.Count + outgoing.Count; } }

        void ILender.WriteReference(Writer target, object value, InterfaceInfo info) { Tables.Write(target, value, info); }

        void ILender.WriteStream(Writer target, Outgoing stream)
        {
            lock (streamGate)
            {
                do ++lastStream;
                while (lastStream == 0 || outgoing.ContainsKey(lastStream));
                stream.Number = lastStream;
            }
            stream.Session = this;
            target.Streams.Add(stream);
            target.U32(stream.Number);
        }

        object IBorrower.ReadReference(Reader source, int kind, uint number, InterfaceInfo info) =>
            Tables.Read(source, kind, number, info);

        void IBorrower.ReadStream(Reader source, Incoming stream, uint number)
        {
            lock (streamGate)
            {
                if (number == 0 || incoming.ContainsKey(number) || source.Streams.Any(each => each.Number == number))
                {
                    throw Errors.Protocol("a stream with the number " + number + ", which is in use");
                }
                if (incoming.Count + outgoing.Count + source.Streams.Count >= MaxStreams)
                {
                    throw Errors.Limit(MaxStreams + " streams are open; more are not allowed");
                }
            }
            stream.Number = number;
            stream.Window = Hello.StreamWindowBytes;
            source.Streams.Add(stream);
        }

        /// <summary>Reads a whole message: what it lends is ours to give back, and its streams begin, once all was right.</summary>
        internal void ReadMessage(byte[] content, int start, InterfaceInfo info, Action<Reader> read, Action atEnd = null)
        {
            var source = new Reader(content, start, this);
            try
            {
                read(source);
                source.Finish();
                atEnd?.Invoke();
            }
            catch (Exception)
            {
                source.Abandon();
                throw;
            }
            Accept(source, info);
        }

        private void Accept(Reader source, InterfaceInfo info)
        {
            Tables.CountBorrowed(source.Borrowed);
            foreach (var each in source.Streams)
            {
                each.Session = this;
                each.Credit = each.Window;
                each.Info = info;
                lock (streamGate) incoming[each.Number] = each;
                Send(Frame.Pack(FrameType.StreamCredit, call: each.Number, number: (uint)each.Window));
            }
        }

        /// <summary>A message goes out: what it lends counts.</summary>
        internal void Commit(Writer target)
        {
            Tables.CountLent(target.Lent);
            lock (streamGate)
            {
                foreach (var each in target.Streams) outgoing[each.Number] = each;
            }
        }

        /// <summary>A message does not go out.</summary>
        internal void Abandon(Writer target)
        {
            Tables.Forget(target.Lent, 0);
            target.Lent.Clear();
        }

        /// <summary>A message was refused.</summary>
        internal void TakeBack(Writer target) { Tables.Forget(target.Lent, 1); }

        /// <summary>A call was answered: what nobody wants to read by now, nobody will.</summary>
        internal void ForgetUnread(Writer target)
        {
            foreach (var each in target.Streams.Where(each => !each.IsBegun))
            {
                if (EndOutgoing(each)) each.Discard();
            }
        }

        /// <summary>Whether it was open.</summary>
        internal bool EndOutgoing(Outgoing stream)
        {
            lock (streamGate)
            {
                Outgoing found;
                var isOpen = outgoing.TryGetValue(stream.Number, out found) && ReferenceEquals(found, stream);
                return isOpen && outgoing.Remove(stream.Number);
            }
        }

        private Outgoing FindOutgoing(uint number)
        {
            Outgoing found;
            lock (streamGate) return outgoing.TryGetValue(number, out found) ? found : null;
        }

        private void TakeItem(Head head, byte[] content)
        {
            Incoming state;
            lock (streamGate)
            {
                if (!incoming.TryGetValue(head.Call, out state)) return;
            }
            try
            {
                if (state.Credit <= 0) throw Errors.Protocol("the peer sent a stream's item without credit");
                ReadMessage(content, 0, state.Info, source => state.Take(source, head.Size));
            }
            catch (Exception error)
            {
                if (state.IsOver) return;
                state.End(error);
                Send(Frame.Pack(FrameType.StreamStop, call: head.Call));
            }
        }

        private void EndIncoming(Head head, byte[] content)
        {
            Incoming state;
            lock (streamGate)
            {
                if (incoming.TryGetValue(head.Call, out state)) incoming.Remove(head.Call);
            }
            var error = content.Length > 0 ? ErrorFrames.Read(content, state?.Info.Declared) : null;
            state?.End(error);
        }

        private void EndStreams(Exception lost)
        {
            List<Incoming> read;
            List<Outgoing> written;
            lock (streamGate)
            {
                read = incoming.Values.ToList();
                written = outgoing.Values.ToList();
                incoming.Clear();
            }
            foreach (var each in read) each.End(lost);
            foreach (var each in written) each.Stop();
        }
    }
}
