// Calls every method of the conformance service, by waiting and by tasks: Client.exe ENDPOINT.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Beckon;
using Conformance;

internal sealed class Recorder : ListenerServant
{
    private readonly List<string> events = new List<string>();

    public List<string> Events { get { lock (events) return events.ToList(); } }

    public override void OnEvent(long sequence, string text)
    {
        lock (events) events.Add(sequence + ":" + text);
    }
}

internal static class ClientProgram
{
    private static readonly string[] ThreeEvents = { "1:event 1", "2:event 2", "3:event 3" };

    private static Item Bolt => new Item
    {
        Name = "bolt", Count = 2, Tags = { "m4" }, At = new Point { X = 1, Y = 2 }, Mood = Mood.Busy,
    };

    private static Item Nail => new Item { Name = "nail", Count = 2 };

    private static object[] Values()
    {
        var map = new AnyMap { { "a", 1L }, { 2L, new AnyMap() } };
        var set = new AnySet();
        set.Add(1L);
        return new object[]
        {
            null, true, 5L, -33L, long.MaxValue, ulong.MaxValue, System.Numerics.BigInteger.Pow(2, 70), 2.5, "text \u00e9",
            new byte[] { 1, 2 }, new List<object> { 1L, 2.5, null, true }, new List<object> { 1L, 2L, 3L, 4L }, map, set,
            new AnyTuple(1L, "x"), new AnySlice(1L, null, -1L), new Date(2024, 2, 29), new Timestamp(19000, 1),
            new TimeOfDay(1), new Duration(-1), new AnyEnum("Mood", "broken", 2),
            new AnyRecord("Point", new Dictionary<string, object> { { "x", 1.0 }, { "y", 2.0 } }),
            new AnyVariant("a", 5L), new Extension(-1, new byte[] { 7 }), new System.Numerics.Complex(1, -2), 0.5f,
        };
    }

    private static int Main(string[] words)
    {
        using (var session = Session.Connect(words[0], new ConnectOptions { Within = TimeSpan.FromSeconds(30) }))
        {
            CallAll(session.Get<IConformance>("conformance"));
        }
        return Check.Status;
    }

    private static void CallAll(IConformance service)
    {
        Check.Run("echo", () =>
        {
            foreach (var each in Values()) Check.Equal(each, service.Echo(each));
            Check.Equal(Values().ToList(), service.EchoAsync(Values().ToList()).Result);
        });
        Check.Run("add", () =>
        {
            Check.Equal(-1L, service.Add(long.MaxValue, long.MinValue));
            Check.Throws<BeckonException>(() => service.Add(long.MaxValue, 1));
            Check.Equal(5L, service.AddAsync(2, 3).Result);
        });
        Check.Run("concat", () =>
        {
            Check.Equal("a\u00e9b", service.Concat("a\u00e9", "b"));
            Check.Equal("ab", service.ConcatAsync("a", "b").Result);
        });
        Check.Run("sum", () =>
        {
            Check.Equal(3.5, service.Sum(new List<double> { 0.5, 1, 2 }));
            Check.Equal(0.0, service.SumAsync(new List<double>()).Result);
        });
        Check.Run("reverse", () =>
        {
            Check.Equal(new byte[] { 2, 1 }, service.Reverse(new byte[] { 1, 2 }));
            Check.Equal(300000, service.ReverseAsync(new byte[300000]).Result.Length);
        });
        Check.Run("restock", () => Restock(service));
        Check.Run("sort_items", () =>
        {
            var sorted = new List<Item> { Bolt, Nail };
            Check.Equal(sorted, service.SortItems(new List<Item> { Nail, Bolt }));
            Check.Equal(sorted, service.SortItemsAsync(new List<Item> { Nail, Bolt }).Result);
        });
        Check.Run("word_count", () =>
        {
            var counts = service.WordCount(" a b\n a\t");
            Check.Equal(2, counts.Count);
            Check.Equal(2L, counts["a"]);
            Check.Equal(1L, service.WordCountAsync("a b").Result["b"]);
        });
        Check.Run("fail", () =>
        {
            Check.Fails(ErrorCode.RemoteError, () => service.Fail("boom"), "boom");
            Check.Fails(ErrorCode.RemoteError, () => service.FailAsync("boom").Wait(), "boom");
        });
        Check.Run("sleep", () => Sleep(service));
        Check.Run("make_counter", () =>
        {
            using (var counter = service.MakeCounter(5))
            using (var other = service.MakeCounterAsync(7).Result)
            {
                Check.Equal(7L, counter.Increment(2));
                Check.Equal(7L, other.ValueAsync().Result);
                Check.That(!counter.Equals(other), "two counters are equal");
            }
        });
        Check.Run("live_objects", () =>
        {
            var before = service.LiveObjects();
            var counter = service.MakeCounter(1);
            Check.Equal(before + 1, service.LiveObjects());
            counter.Dispose();
            Check.Until(() => service.LiveObjectsAsync().Result <= before, "the counter is given back");
        });
        Check.Run("call_back", () =>
        {
            var listener = new Recorder();
            Check.Equal(3L, service.CallBack(listener, 3));
            Check.Equal(ThreeEvents, listener.Events);
            Check.Equal(3L, service.CallBackAsync(listener, 3).Result);
            Check.Equal(ThreeEvents.Concat(ThreeEvents), listener.Events);
        });
        Check.Run("subscribe", () =>
        {
            var listener = new Recorder();
            service.Subscribe(listener, 3, 1);
            Check.Until(() => listener.Events.Count == 3, "three events");
            Check.Equal(ThreeEvents, listener.Events);
        });
        Check.Run("nest", () =>
        {
            Check.Equal(0L, service.Nest(service, 0));
            Check.Equal(20L, service.Nest(new Service(), 20));
            Check.Equal(20L, service.NestAsync(new AsyncService(), 20).Result);
        });
        Check.Run("count_to", () => CountTo(service));
        Check.Run("total", () => Total(service));
        Check.Run("whoami", () =>
        {
            Check.Equal("anonymous", service.Whoami());
            Check.Equal("anonymous", service.WhoamiAsync().Result);
        });
    }

    private static void Restock(IConformance service)
    {
        var more = Bolt;
        more.Count = 5;
        Check.Equal(more, service.Restock(Bolt, 3));
        var thrown = Check.Throws<OutOfStock>(() => service.Restock(Bolt, -3));
        Check.Equal("bolt", thrown.Name);
        Check.Equal(3L, thrown.Wanted);
        Check.Equal(2L, thrown.Available);
        Check.Throws<OutOfStock>(() => service.RestockAsync(Bolt, -3).Wait());
    }

    private static void Sleep(IConformance service)
    {
        Check.Equal("slept 5 ms", service.Sleep(5));
        var brief = Proxy.With(service, timeout: TimeSpan.FromMilliseconds(20));
        Check.Fails(ErrorCode.Timeout, () => brief.Sleep(60000));
        Check.Fails(ErrorCode.Timeout, () => brief.SleepAsync(60000).Wait());
        using (var cancelling = new CancellationTokenSource())
        {
            var sleeping = service.SleepAsync(60000, cancelling.Token);
            cancelling.Cancel();
            Check.Throws<OperationCanceledException>(() => sleeping.Wait());
            Check.That(sleeping.IsCanceled, "the task is not cancelled");
        }
        Check.Equal(2L, service.Add(1, 1));
    }

    private static void CountTo(IConformance service)
    {
        Check.Equal(new[] { 1L, 2, 3, 4, 5 }, service.CountTo(5));
        Check.Equal(12000L * 12001 / 2, service.CountTo(12000).Sum());
        Check.Equal(12000L * 12001 / 2, SumAsync(service).Result);
        using (var endless = service.CountToAsync(1L << 60).Result)
        {
            Check.That(endless.MoveNextAsync().Result && endless.Current == 1, "the first item");
        }
    }

    private static async Task<long> SumAsync(IConformance service)
    {
        long sum = 0;
        using (var numbers = await service.CountToAsync(12000))
        {
            while (await numbers.MoveNextAsync()) sum += numbers.Current;
        }
        return sum;
    }

    private static void Total(IConformance service)
    {
        Check.Equal(6L, service.Total(new[] { 1L, 2, 3 }));
        Check.Equal(12000L * 12001 / 2, service.Total(Work.Numbers(12000)));
        Check.Equal(12000L * 12001 / 2, service.TotalAsync(Stream.Produce<long>(async sink =>
        {
            for (long number = 1; number <= 12000; ++number) await sink.WriteAsync(number);
        })).Result);
        Check.Equal(5050L, service.Total(service.CountTo(100)));
    }
}
