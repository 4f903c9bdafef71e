// What sessions promise of streams: credit, and every way in which they can end.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Beckon;
using Office;

internal static partial class SessionsProgram
{
    private static void FailingStream(Pair pair)
    {
        var numbers = pair.Office.LeaveMidwayAsync().Result;
        Check.That(numbers.MoveNext() && numbers.Current == 1, "the first item");
        Check.Fails(ErrorCode.RemoteError, () => numbers.MoveNext(), "InvalidOperationException: left");
        Check.Equal(0, pair.Session.OpenStreams);
    }

    private static void DeclaredAtTheEnd(Pair pair)
    {
        var given = pair.Office.CloseMidway().GetEnumerator();
        Check.That(given.MoveNext(), "an item");
        Check.Equal(Colour.Green, Closes(() => given.MoveNext()));
        pair.Office.Hold(Closing());
        Check.Equal(Colour.Red, Closes(() => pair.Served.Held.MoveNext()));
    }

    private static Colour? Closes(Func<bool> next)
    {
        try
        {
            next();
            return null;
        }
        catch (Closed closed)
        {
            return closed.Colour;
        }
    }

    private static IEnumerable<long> Closing()
    {
        foreach (var none in new long[0]) yield return none;
        throw new Closed { Colour = Colour.Red };
    }

    private static IEnumerable<long> Counted(Action<long> tell)
    {
        for (long number = 1;; ++number)
        {
            tell(number);
            yield return number;
        }
    }

    private static void Credit(Pair pair)
    {
        long produced = 0;
        Check.Equal(1L, pair.Office.Hold(Counted(number => Interlocked.Exchange(ref produced, number))));
        Check.Until(() => Interlocked.Read(ref produced) * 24 >= 256 << 10, "the window is used");
        Thread.Yield();
        Check.Equal(" nothing", pair.Office.Note());
        Check.That(Interlocked.Read(ref produced) * 24 <= (256 << 10) + 48, "found " + produced + " items, more than the window");
        var before = produced;
        for (var i = 0; i < before; ++i) Check.That(pair.Served.Held.MoveNext(), "an item");
        Check.Until(() => Interlocked.Read(ref produced) > before, "there is more credit");
    }

    private static void Dropped(Pair pair)
    {
        var isEnded = false;
        pair.Office.Hold(Ending(() => isEnded = true));
        Check.That(pair.Served.Held.MoveNext(), "an item");
        pair.Served.Held.Dispose();
        Check.Until(() => isEnded, "the producer ends");
        Check.Until(() => pair.Session.OpenStreams + pair.OfServer.OpenStreams == 0, "the stream is closed");
        Check.Equal(" nothing", pair.Office.Note());
    }

    private static IEnumerable<long> Ending(Action tell)
    {
        try
        {
            while (true) yield return 1;
        }
        finally
        {
            tell();
        }
    }

    private static void LostStream(Pair pair)
    {
        pair.Office.Hold(new long[] { 1 });
        Check.That(pair.Served.Held.MoveNext(), "an item");
        Check.That(!pair.Served.Held.MoveNext(), "no end");
        var isEnded = false;
        pair.Office.Hold(Ending(() => isEnded = true));
        var next = pair.Served.Held.MoveNextAsync();
        pair.Session.Dispose();
        Check.Until(() => isEnded, "the producer ends");
        Check.Fails(ErrorCode.Disconnected, () =>
        {
            next.Wait();
            while (pair.Served.Held.MoveNext()) continue;
        });
    }
}
