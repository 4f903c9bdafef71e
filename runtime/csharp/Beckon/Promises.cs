// Results that the peer has given a number to before they are there, and the calls that wait for them.
using System;
using System.Collections.Generic;

namespace Beckon
{
    /// <summary>A result that is not there yet.</summary>
    internal sealed class Promise
    {
        public int Depth;
        public bool IsReleased;
        public readonly List<KeyValuePair<Head, byte[]>> Waiting = new List<KeyValuePair<Head, byte[]>>();
    }

    /// <summary>Under the lock of who serves.</summary>
    internal sealed class Promises
    {
        private const int MaxHeld = 4096;
        private const int MaxChain = 64;

        private readonly Tables tables;
        private readonly Dictionary<uint, Promise> open = new Dictionary<uint, Promise>();
        private readonly List<KeyValuePair<uint, uint>> postponed = new List<KeyValuePair<uint, uint>>();

        public Promises(Tables tables) { this.tables = tables; }

        /// <summary>How many calls wait.</summary>
        public int Held { get; private set; }

        public Promise Find(uint number)
        {
            Promise found;
            return open.TryGetValue(number, out found) ? found : null;
        }

        public void Hold(Promise promise, Head head, byte[] content)
        {
            if (Held >= MaxHeld) throw Errors.Limit(MaxHeld + " calls wait for results already");
            promise.Waiting.Add(new KeyValuePair<Head, byte[]>(head, content));
            ++Held;
        }

        public void Open(uint number, int depth)
        {
            var shown = "a promise with the number 0x" + number.ToString("x");
            if ((number & Tables.Promised) == 0) throw Errors.Protocol(shown);
            if (open.ContainsKey(number) || tables.Find(number) != null) throw Errors.Protocol(shown + ", which is in use");
            if (depth > MaxChain) throw Errors.Limit("a chain of promises longer than " + MaxChain);
            open.Add(number, new Promise { Depth = depth });
        }

        /// <summary>Objects given back; later, where calls that came before are not read yet.</summary>
        public void Release(IEnumerable<KeyValuePair<uint, uint>> released)
        {
            if (Held > 0)
            {
                postponed.AddRange(released);
                return;
            }
            foreach (var each in released)
            {
                var promise = Find(each.Key);
                if (promise != null) promise.IsReleased = true;
                else tables.Release(each.Key, each.Value);
            }
        }

        private static BeckonException NoObject =>
            new BeckonException(ErrorCode.UnknownObject, "the result of the call is no object");

        /// <summary>The result is there, or will never be; `begin` takes the calls that have waited, in their order.</summary>
        public void Settle(uint number, LentObject lent, Exception error, Action<Head, byte[], int> begin)
        {
            var promise = open[number];
            open.Remove(number);
            if (!promise.IsReleased && tables.Find(number) == null)
            {
                if (error == null && lent != null) tables.KeepPromise(number, lent.Value, lent.Info, false);
                else tables.BreakPromise(number, error ?? NoObject);
            }
            foreach (var each in promise.Waiting) begin(each.Key, each.Value, promise.Depth);
            Held -= promise.Waiting.Count;
            if (Held > 0) return;
            var later = postponed.ToArray();
            postponed.Clear();
            Release(later);
        }
    }
}
