// What the tests of sessions serve.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Beckon;
using Office;

internal sealed class Bell : BellServant
{
    private readonly object gate = new object();
    private readonly List<long> rung = new List<long>();
    private int released;

    public int Released => Interlocked.CompareExchange(ref released, 0, 0);

    public List<long> Rung { get { lock (gate) return rung.ToList(); } }

    public override void Ring(long number)
    {
        lock (gate)
        {
            rung.Add(number);
            Monitor.PulseAll(gate);
        }
    }

    public override void WaitFor(long count)
    {
        lock (gate)
        {
            while (rung.Count < count) Monitor.Wait(gate);
        }
    }

    protected override void OnReleased() { Interlocked.Increment(ref released); }
}

internal sealed class TheOffice : OfficeServant
{
    public readonly Bell TheBell = new Bell();
    /// <summary>When later() goes on.</summary>
    public readonly ManualResetEventSlim Ringing = new ManualResetEventSlim();
    public readonly ManualResetEventSlim Hanging = new ManualResetEventSlim();
    public readonly List<ErrorCode> Hung = new List<ErrorCode>();
    /// <summary>Whom ask() asks in turn.</summary>
    public IOffice Other;
    /// <summary>Whom left() asks in turn.</summary>
    public IOffice Next;
    public Beckon.Stream<long> Held;

    public override string Note()
    {
        string note;
        Call.Current.Metadata.TryGetValue("note", out note);
        return Call.Current.User + " " + (note ?? "nothing");
    }

    public override Left Left() => Next == null
        ? new Left { Seconds = Call.Current.Remaining.Value.TotalSeconds }
        : Proxy.With(Next, timeout: TimeSpan.FromSeconds(100)).Left();

    public override void CloseFor(Colour colour)
    {
        // A value that the enum has not: it cannot be sent.
        if (colour == Colour.Red) throw new Closed { Colour = (Colour)7 };
        throw new Closed { Colour = colour, Others = { Colour.Red }, Note = null };
    }

    public override string Hang()
    {
        Hanging.Set();
        try
        {
            Call.Current.Sleep(TimeSpan.FromSeconds(60));
        }
        catch (BeckonException error)
        {
            lock (Hung) Hung.Add(error.Code);
            throw;
        }
        return "";
    }

    public override IEnumerable<long> LeaveMidway()
    {
        yield return 1;
        throw new InvalidOperationException("left");
    }

    public override IEnumerable<long> CloseMidway()
    {
        yield return 1;
        throw new Closed { Colour = Colour.Green };
    }

    public override IBell Bell() => TheBell;
    public override IBell MaybeBell(bool really) => really ? TheBell : null;
    public override IBell Same(IBell bell) => bell;
    public override IBell NoBell() => null;
    public override object Pass(object what) => what;
    public override NumberOrBell Choose(NumberOrBell what) => what;
    public override long Ask(long depth) => depth == 0 ? 0 : 1 + Other.Ask(depth - 1);

    public override long Hold(IEnumerable<long> numbers)
    {
        Held = (Beckon.Stream<long>)numbers;
        return 1;
    }

    public override long Relay(long depth) => depth == 0 ? 0 : 1 + Next.Ask(depth - 1);

    /// <summary>Rings when the test says so, on a thread that has begun in the handler.</summary>
    public override void Later(IBell bell)
    {
        var call = Call.Current;
        Task.Run(() =>
        {
            Ringing.Wait();
            while (call.Remaining > TimeSpan.Zero) Thread.Yield();
            bell.WaitFor(0);
            bell.Ring(Call.Current == null ? 1 : 2);
        });
    }

    public override byte[] Make(long size) => new byte[size];
}
