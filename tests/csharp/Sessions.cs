// What sessions promise beside the conformance service: options, errors, references, life.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Beckon;
using Office;

internal static partial class SessionsProgram
{
    /// <summary>A server, a session with it, and the object that it publishes.</summary>
    private sealed class Pair : IDisposable
    {
        public readonly TheOffice Served = new TheOffice();
        public readonly Server Server;
        public readonly string Endpoint;
        public readonly Session Session;
        public readonly IOffice Office;

        public Pair(ServerOptions options = null, ConnectOptions connecting = null)
        {
            Server = new Server(options);
            Server.Published.Add("office", Served);
            Endpoint = Server.Listen("tcp://127.0.0.1:0");
            Session = Session.Connect(Endpoint, connecting);
            Office = Session.Get<IOffice>("office");
        }

        public Session OfServer => Server.Sessions[0];

        public void Dispose()
        {
            Session.Dispose();
            Server.Dispose();
        }
    }

    private static int Main()
    {
        var tests = new Dictionary<string, Action<Pair>>
        {
            { "metadata", Metadata }, { "deadlines shrink", Deadlines }, { "declared exceptions", Declared },
            { "arguments that are wrong", WrongArguments }, { "deadlines end handlers", DeadlineEndsHandler },
            { "cancelled handlers", Cancelled }, { "lost while a call is in flight", LostMidCall },
            { "calls after the end", AfterTheEnd }, { "references", References }, { "references are released", Released },
            { "garbage is released", Garbage }, { "both hold objects", Optional }, { "objects in any and variants", AnyObjects },
            { "one-way calls in order", Oneway }, { "many calls in flight", Many }, { "calls of both sides", Symmetric },
            { "calls by way of another peer", Relayed },
            { "handlers that wait let others run", Waiting },
            { "what a handler leaves behind", LeftBehind }, { "streams that fail", FailingStream }, { "declared exceptions of streams", DeclaredAtTheEnd },
            { "streams obey credit", Credit }, { "streams dropped by their reader", Dropped },
            { "streams lost with the session", LostStream }, { "drained", Drained }, { "too large", TooLarge },
        };
        foreach (var test in tests)
        {
            Check.Run(test.Key, () =>
            {
                using (var pair = new Pair()) test.Value(pair);
            });
        }
        Check.Run("few calls at a time", FewCalls);
        Check.Run("other interfaces", OtherInterfaces);
        Check.Run("users", Users);
        Check.Run("nobody listens", Nobody);
        Check.Run("silent peers", Silent);
        Check.Run("a server that ends", ServerEnds);
        Check.Run("command lines", CommandLines);
        return Check.Status;
    }

    private static void Metadata(Pair pair)
    {
        var told = Proxy.With(pair.Office, metadata: new Dictionary<string, string> { { "note", "hello" } });
        Check.Equal(" hello", told.Note());
        Check.Equal(" nothing", pair.Office.Note());
    }

    private static void Deadlines(Pair pair)
    {
        var brief = Proxy.With(pair.Office, timeout: TimeSpan.FromSeconds(5));
        Check.That(brief.Left().Seconds <= 5, "more time than was given");
        var patient = Proxy.With(pair.Office, timeout: Timeout.InfiniteTimeSpan);
        Check.That(patient.Left().Seconds > 1000000, "less time than was given");
        using (var behind = new Pair())
        {
            pair.Served.Next = behind.Office;
            Check.That(brief.Left().Seconds <= 5, "more time than the caller has");
        }
    }

    private static void Declared(Pair pair)
    {
        Action waiting = () => pair.Office.CloseFor(Colour.Green), byTask = () => pair.Office.CloseForAsync(Colour.Green).Wait();
        foreach (var call in new[] { waiting, byTask })
        {
            var closed = Check.Throws<Closed>(call, "Closed{colour: Colour.green");
            Check.Equal(Colour.Green, closed.Colour);
            Check.Equal(new[] { Colour.Red }, closed.Others);
            Check.Equal(null, closed.Note);
        }
        Check.Fails(ErrorCode.Internal, () => pair.Office.CloseFor(Colour.Red), "Closed cannot be sent: enum Colour has no value 7");
    }

    /// <summary>A handler that waits for another peer lets calls of its own one run: they may be made on its behalf.</summary>
    private static void Relayed(Pair pair)
    {
        using (var behind = new Pair())
        {
            pair.Served.Next = behind.Office;
            behind.Served.Other = pair.Office;
            pair.Served.Other = pair.Office;
            Check.Equal(3L, Proxy.With(pair.Office, timeout: TimeSpan.FromSeconds(5)).Relay(3));
        }
    }

    private static void WrongArguments(Pair pair)
    {
        Check.Fails(ErrorCode.TypeMismatch, () => pair.Office.CloseFor((Colour)7), "in argument colour; while calling Office.close_for");
        Check.Fails(ErrorCode.TypeMismatch, () => pair.Office.Pass(new object()), "System.Object has no form");
        Check.Fails(ErrorCode.TypeMismatch, () => pair.Office.Hold(null), "expected a stream; in argument numbers; while calling Office.hold");
        Check.Fails(ErrorCode.TypeMismatch, () => pair.Office.NoBell(), "the peer gave no object");
        Check.Equal(" nothing", pair.Office.Note());
    }

    private static void DeadlineEndsHandler(Pair pair)
    {
        Check.Fails(ErrorCode.Timeout, () => Proxy.With(pair.Office, timeout: TimeSpan.FromMilliseconds(20)).Hang());
        Check.Until(() => pair.Served.Hung.Count == 1, "the handler ends");
        // Of its own time, or by the caller's word that nobody waits: whichever is there first.
        var how = pair.Served.Hung[0];
        Check.That(how == ErrorCode.Timeout || how == ErrorCode.Cancelled, "the handler ended by " + how);
    }

    private static void Cancelled(Pair pair)
    {
        using (var cancelling = new CancellationTokenSource())
        {
            var hanging = pair.Office.HangAsync(cancelling.Token);
            pair.Served.Hanging.Wait();
            cancelling.Cancel();
            Check.Throws<OperationCanceledException>(() => hanging.Wait());
            Check.Until(() => pair.Served.Hung.Count == 1, "the handler ends");
            Check.Equal(ErrorCode.Cancelled, pair.Served.Hung[0]);
            Check.That(pair.Office.NoteAsync(cancelling.Token).IsCanceled, "a call by a cancelled token was made");
        }
    }

    private static void LostMidCall(Pair pair)
    {
        var hanging = pair.Office.HangAsync();
        pair.Served.Hanging.Wait();
        pair.OfServer.Dispose();
        Check.Fails(ErrorCode.Disconnected, () => hanging.Wait(), "session closed by this side; while calling Office.hang");
        Check.Until(() => pair.Served.Hung.Count == 1, "the handler ends");
        Check.Fails(ErrorCode.Disconnected, () => pair.Office.Note());
    }

    private static void AfterTheEnd(Pair pair)
    {
        pair.Session.Dispose();
        pair.Session.Dispose();
        Check.Fails(ErrorCode.Cancelled, () => pair.Office.Note(), "session closed by this side");
        Check.Fails(ErrorCode.Cancelled, () => pair.Office.NoteAsync().Wait());
        Check.Until(() => pair.Server.Sessions.Count == 0, "the server forgets the session");
    }

    private static void References(Pair pair)
    {
        var own = new Bell();
        Check.That(ReferenceEquals(own, pair.Office.Same(own)), "an object of ours comes home as another");
        var bell = pair.Office.Bell();
        Check.That(bell.Equals(pair.Office.Bell()) && bell.GetHashCode() == pair.Office.Bell().GetHashCode(), "the same object differs");
        Check.That(bell.Equals(pair.Office.Same(bell)), "a peer's object comes back as another");
        bell.Dispose();
        Check.Throws<ObjectDisposedException>(() => bell.Ring(1));
        bell.Dispose();
    }

    private static void Released(Pair pair)
    {
        var own = new Bell();
        pair.Office.Same(own);
        Check.Until(() =>
        {
            pair.Office.Note(); // what lies on a thread's stack counts as used: lets it be written over
            GC.Collect();
            return own.Released == 1;
        }, "the peer gives the object back");
        Check.Equal(0, pair.Session.Tables.Exported);
        using (var first = pair.Office.Bell())
        using (var second = pair.Office.Bell())
        {
            first.Dispose();
            second.Ring(1);
            second.WaitFor(1);
            Check.Equal(0, pair.Served.TheBell.Released);
        }
        Check.Until(() => pair.Served.TheBell.Released == 1, "it is given back");
        Check.Equal(1, pair.OfServer.Tables.Exported); // the office
        pair.Office.Same(own);
        pair.Session.Dispose();
        Check.Until(() => own.Released == 2, "the end of the session gives all back");
    }

    private static void Garbage(Pair pair)
    {
        // On a thread of its own: what lies on a stack counts as used.
        var using50 = new Thread(() =>
        {
            for (var i = 0; i < 50; ++i) pair.Office.Bell().Ring(i);
        });
        using50.Start();
        using50.Join();
        Check.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return pair.Served.TheBell.Released > 0;
        }, "unused proxies are given back");
    }

    private static void Optional(Pair pair)
    {
        Check.Equal(null, pair.Office.MaybeBell(false));
        pair.Office.MaybeBell(true).Ring(7);
        pair.Office.Bell().WaitFor(1);
        Check.Equal(new[] { 7L }, pair.Served.TheBell.Rung);
    }

    private static void AnyObjects(Pair pair)
    {
        var own = new Bell();
        Check.That(ReferenceEquals(own, pair.Office.Pass(own)), "in an any an object comes home as another");
        var left = new AnyRecord("Left", new Dictionary<string, object> { { "seconds", 2.0 } });
        Check.Equal(left, pair.Office.Pass(new Left { Seconds = 2 }));
        Check.Equal(new AnyEnum("Colour", "green", 1), pair.Office.Pass(Colour.Green));
        Check.Equal(new NumberOrBell.Number(5), pair.Office.Choose(new NumberOrBell.Number(5)));
        var chosen = pair.Office.Choose(new NumberOrBell.Bell(own)) as NumberOrBell.Bell;
        Check.That(ReferenceEquals(own, chosen.Value), "in a variant an object comes home as another");
        Proxy.Cast<IBell>(((List<object>)pair.Office.Pass(new List<object> { pair.Office.Bell() }))[0]).Ring(3);
    }

    private static void Oneway(Pair pair)
    {
        var bell = pair.Office.Bell();
        for (var i = 0; i < 500; ++i) bell.Ring(i);
        bell.WaitFor(500);
        Check.Equal(Enumerable.Range(0, 500).Select(each => (long)each), pair.Served.TheBell.Rung);
    }

    private static void Many(Pair pair)
    {
        var calls = Enumerable.Range(0, 3000).Select(each => pair.Office.PassAsync((long)each)).ToArray();
        Check.Equal(Enumerable.Range(0, 3000).Select(each => (object)(long)each), calls.Select(each => each.Result));
        var threads = Enumerable.Range(0, 8).Select(number => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < 50; ++i) Check.Equal((long)number, pair.Office.Pass((long)number));
        }, TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(threads);
    }

    private static void Symmetric(Pair pair)
    {
        var ours = new TheOffice();
        var options = new ConnectOptions();
        options.Published.Add("ours", ours);
        using (var session = Session.Connect(pair.Endpoint, options))
        {
            ours.Other = session.Get<IOffice>("office");
            Check.Until(() => pair.Server.Sessions.Count == 2, "two sessions");
            foreach (var each in pair.Server.Sessions)
            {
                try
                {
                    pair.Served.Other = each.Get<IOffice>("ours");
                }
                catch (BeckonException error) when (error.Code == ErrorCode.UnknownObject) { }
            }
            Check.Equal(30L, ours.Other.Ask(30));
            Check.Equal("ours", pair.Server.Sessions.SelectMany(Listed).Single());
        }
    }

    private static IEnumerable<string> Listed(Session session)
    {
        try
        {
            return session.List().Select(each => each.Name).ToList();
        }
        catch (BeckonException)
        {
            return new string[0];
        }
    }

    private static void Waiting(Pair pair)
    {
        var hanging = pair.Office.HangAsync();
        pair.Served.Hanging.Wait();
        Check.Equal(" nothing", pair.Office.Note());
        Check.That(!hanging.IsCompleted, "the first call has ended");
    }

    /// <summary>What goes on behind the answer has no call any more, and no deadline of one.</summary>
    private static void LeftBehind(Pair pair)
    {
        var bell = new Bell();
        Proxy.With(pair.Office, timeout: TimeSpan.FromMilliseconds(100)).Later(bell);
        pair.Served.Ringing.Set();
        Check.Until(() => bell.Rung.Count == 1, "the bell rings");
        Check.Equal(1L, bell.Rung[0]);
    }

    private static void Drained(Pair pair)
    {
        var hanging = pair.Office.HangAsync();
        pair.Served.Hanging.Wait();
        pair.OfServer.Drain("closing time");
        Check.Until(() =>
        {
            try
            {
                pair.Office.Note();
                return false;
            }
            catch (BeckonException error) when (error.Code == ErrorCode.Overloaded)
            {
                return error.Message.Contains("closing time");
            }
        }, "calls are refused");
        Check.That(!hanging.IsCompleted, "the call in flight has ended");
    }

    private static void TooLarge(Pair pair)
    {
        Check.Fails(ErrorCode.LimitExceeded, () => pair.Office.Pass(new byte[17 << 20]), "the peer takes 16777216");
        Check.Fails(ErrorCode.LimitExceeded, () => pair.Office.Make(17 << 20), "the peer takes 16777216");
        Check.Equal(12 << 20, ((byte[])pair.Office.Pass(new byte[12 << 20])).Length);
    }

    private static void FewCalls()
    {
        using (var pair = new Pair(new ServerOptions { Hello = new Hello { MaxCallsInFlight = 2, MaxCallBytes = 4096 } }))
        {
            Check.Equal(" nothing", pair.Office.Note()); // its hello is there
            var calls = Enumerable.Range(0, 200).Select(each => pair.Office.PassAsync(new byte[1000])).ToArray();
            Check.Equal(200000, calls.Sum(each => ((byte[])each.Result).Length));
            var hanging = new[] { pair.Office.HangAsync(), pair.Office.HangAsync() };
            Check.Fails(ErrorCode.Timeout, () => Proxy.With(pair.Office, timeout: TimeSpan.FromMilliseconds(30)).Note());
            Check.That(hanging.All(each => !each.IsCompleted), "a call has ended");
        }
    }

    private static void OtherInterfaces()
    {
        using (var pair = new Pair())
        {
            Check.Fails(ErrorCode.UnknownObject, () => pair.Session.Get<IOffice>("nobody"), "there is office");
            Check.Fails(ErrorCode.SchemaMismatch, () => pair.Session.Get<IBell>("office"), "is a Office, the peer expects a Bell");
            Check.Fails(ErrorCode.TypeMismatch, () => pair.Session.Get<IDisposable>("office"));
            Check.Equal("office: Office", string.Join(", ", pair.Session.List().Select(each => each.Name + ": " + each.Interface)));
        }
    }

    private static void Users()
    {
        Func<string, byte[], string> authenticate = (user, secret) =>
        {
            if (secret.Length != 1) throw new UnauthorizedAccessException();
            return "dear " + user;
        };
        var options = new ServerOptions { Authenticate = authenticate };
        using (var pair = new Pair(options, new ConnectOptions { User = "lucy", Secret = new byte[] { 1 } }))
        {
            Check.Equal("dear lucy nothing", pair.Office.Note());
            using (var refused = Session.Connect(pair.Endpoint, new ConnectOptions { User = "eve" }))
            {
                Check.Fails(ErrorCode.Disconnected, () => refused.Get<IOffice>("office"), "user 'eve' was refused");
            }
        }
    }

    private static void Nobody()
    {
        string free;
        using (var server = new Server()) free = server.Listen("tcp://127.0.0.1:0");
        Check.Fails(ErrorCode.Disconnected, () => Session.Connect(free), "cannot connect to " + free);
        Check.Fails(ErrorCode.Disconnected, () => Session.Connect("native+" + free), "cannot connect to " + free);
        Check.Fails(ErrorCode.Disconnected, () => Session.Connect("unix:/nowhere/at/all"), "unix:/nowhere/at/all");
        Check.Fails(ErrorCode.Disconnected, () => Session.Connect("exec:/nowhere/at/all"), "exec:/nowhere/at/all");
        foreach (var wrong in new[] { "", "tcp:", "tcp://host", "tcp://host:99999", "http://host:1", "7000" })
        {
            Check.Fails(ErrorCode.InvalidArgument, () => Session.Connect(wrong), "expected");
        }
        using (var server = new Server())
        using (var second = new Server())
        {
            var taken = server.Listen("tcp://127.0.0.1:0");
            Check.Fails(ErrorCode.AddressInUse, () => second.Listen(taken));
        }
    }

    private static void Silent()
    {
        var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = "tcp://127.0.0.1:" + ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using (var session = Session.Connect(endpoint, new ConnectOptions { Within = TimeSpan.FromMilliseconds(50) }))
        {
            Check.Fails(ErrorCode.Disconnected, () => session.List(), "no hello within 50 ms");
        }
        listener.Stop();
    }

    private static void ServerEnds()
    {
        var pair = new Pair();
        using (var other = Session.Connect(pair.Endpoint))
        {
            pair.Session.Dispose();
            Check.Equal(1, other.List().Count); // one session's end is its own
            pair.Server.Dispose();
            Check.Fails(ErrorCode.Disconnected, () => other.List());
        }
        Check.Fails(ErrorCode.Disconnected, () => Session.Connect(pair.Endpoint));
        using (var again = new Server()) Check.Equal(pair.Endpoint, again.Listen(pair.Endpoint));
    }

    private static void CommandLines()
    {
        Check.Equal(new[] { "a b", "c", "", "d\"e", "f\\g" }, ChildChannel.WordsOf(" 'a b'  c \"\" d\\\"e 'f\\g' "));
        Check.Fails(ErrorCode.InvalidArgument, () => ChildChannel.WordsOf("a 'b"), "inside of quotes");
        using (var session = Session.Connect("exec:echo good morning to you"))
        {
            Check.Fails(ErrorCode.Disconnected, () => session.List(), "exec:echo good morning to you speaks another protocol");
        }
    }
}
