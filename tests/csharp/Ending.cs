// A handler that ends the program, while threads of the runtime wait for work.
using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Beckon;
using House;

internal sealed class TheHouse : HouseServant
{
    private readonly Barrier all = new Barrier(EndingProgram.Guests);

    /// <summary>So many handlers at once need as many threads, which wait for work afterwards.</summary>
    public override void Meet() { all.SignalAndWait(); }

    public override void Leave() { Environment.Exit(EndingProgram.Left); }
}

internal static class EndingProgram
{
    public const int Guests = 4;
    public const int Left = 3;

    private static void Main()
    {
        using (var server = new Server())
        {
            server.Published.Add("house", new TheHouse());
            var endpoint = server.Listen("tcp://127.0.0.1:0");
            var guests = Enumerable.Range(0, Guests).Select(_ => Session.Connect(endpoint).Get<IHouse>("house")).ToList();
            Task.WaitAll(guests.Select(guest => guest.MeetAsync()).ToArray());
            guests[0].LeaveAsync();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
