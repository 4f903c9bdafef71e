// The conformance service in C#, once by methods that wait and once by tasks.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Conformance;

/// <summary>What both of them do.</summary>
internal static class Work
{
    public static Item Restocked(Item item, long by)
    {
        var after = checked(item.Count + by);
        if (after < 0) throw new OutOfStock { Name = item.Name, Wanted = -by, Available = item.Count };
        return new Item { Name = item.Name, Count = after, Tags = item.Tags, At = item.At, Mood = item.Mood };
    }

    public static List<Item> Sorted(List<Item> items) =>
        items.OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Count).ToList();

    public static Dictionary<string, long> Counted(string text) =>
        text.Split((char[])null, StringSplitOptions.RemoveEmptyEntries).GroupBy(word => word)
            .ToDictionary(words => words.Key, words => words.LongCount());

    public static string User => Beckon.Call.Current.User == "" ? "anonymous" : Beckon.Call.Current.User;

    public static IEnumerable<long> Numbers(long last)
    {
        for (long number = 1; number <= last; ++number) yield return number;
    }
}

/// <summary>How many counters are alive: those that a peer holds.</summary>
internal sealed class Census
{
    private long count;

    public long Count => Interlocked.Read(ref count);

    public void Add(long more) { Interlocked.Add(ref count, more); }
}

internal sealed class Counter : CounterServant
{
    private long number;

    private readonly Census census;

    public Counter(long start, Census census)
    {
        number = start;
        this.census = census;
        census.Add(1);
    }

    protected override void OnReleased() { census.Add(-1); }

    public override long Increment(long by) => number = checked(number + by);
    public override long Value() => number;
}

internal sealed class Service : ConformanceServant
{
    private readonly Census census = new Census();

    public override object Echo(object what) => what;
    public override long Add(long a, long b) => checked(a + b);
    public override string Concat(string a, string b) => a + b;
    public override double Sum(List<double> numbers) => numbers.Sum();
    public override byte[] Reverse(byte[] data) => data.Reverse().ToArray();
    public override Item Restock(Item item, long by) => Work.Restocked(item, by);
    public override List<Item> SortItems(List<Item> items) => Work.Sorted(items);
    public override Dictionary<string, long> WordCount(string text) => Work.Counted(text);
    public override void Fail(string message) { throw new InvalidOperationException(message); }

    public override string Sleep(long milliseconds)
    {
        Beckon.Call.Current.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return "slept " + milliseconds + " ms";
    }

    public override ICounter MakeCounter(long start) => new Counter(start, census);
    public override long LiveObjects() => census.Count;

    public override long CallBack(IListener listener, long times)
    {
        foreach (var number in Work.Numbers(times)) listener.OnEvent(number, "event " + number);
        return times;
    }

    public override void Subscribe(IListener listener, long times, long intervalMs)
    {
        new Thread(() =>
        {
            foreach (var number in Work.Numbers(times))
            {
                Thread.Sleep((int)intervalMs);
                listener.OnEvent(number, "event " + number);
            }
        }) { IsBackground = true }.Start();
    }

    public override long Nest(IConformance peer, long depth) => depth <= 0 ? 0 : 1 + peer.Nest(this, depth - 1);
    public override IEnumerable<long> CountTo(long n) => Work.Numbers(n);
    public override long Total(IEnumerable<long> numbers) => numbers.Sum();
    public override string Whoami() => Work.User;
}

internal sealed class AsyncCounter : CounterAsyncServant
{
    private long number;

    private readonly Census census;

    public AsyncCounter(long start, Census census)
    {
        number = start;
        this.census = census;
        census.Add(1);
    }

    protected override void OnReleased() { census.Add(-1); }

    public override async Task<long> IncrementAsync(long by, CancellationToken cancellation)
    {
        await Task.Yield();
        return number = checked(number + by);
    }

    public override Task<long> ValueAsync(CancellationToken cancellation) => Task.FromResult(number);
}

internal sealed class AsyncService : ConformanceAsyncServant
{
    private readonly Census census = new Census();

    public override Task<object> EchoAsync(object what, CancellationToken cancellation) => Task.FromResult(what);

    public override async Task<long> AddAsync(long a, long b, CancellationToken cancellation)
    {
        await Task.Yield();
        return checked(a + b);
    }

    public override Task<string> ConcatAsync(string a, string b, CancellationToken cancellation) => Task.FromResult(a + b);
    public override Task<double> SumAsync(List<double> numbers, CancellationToken cancellation) => Task.FromResult(numbers.Sum());

    public override Task<byte[]> ReverseAsync(byte[] data, CancellationToken cancellation) =>
        Task.FromResult(data.Reverse().ToArray());

    public override async Task<Item> RestockAsync(Item item, long by, CancellationToken cancellation)
    {
        await Task.Yield();
        return Work.Restocked(item, by);
    }

    public override Task<List<Item>> SortItemsAsync(List<Item> items, CancellationToken cancellation) =>
        Task.FromResult(Work.Sorted(items));

    public override Task<Dictionary<string, long>> WordCountAsync(string text, CancellationToken cancellation) =>
        Task.FromResult(Work.Counted(text));

    public override async Task FailAsync(string message, CancellationToken cancellation)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public override async Task<string> SleepAsync(long milliseconds, CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellation);
        return "slept " + milliseconds + " ms";
    }

    public override Task<ICounter> MakeCounterAsync(long start, CancellationToken cancellation) =>
        Task.FromResult<ICounter>(new AsyncCounter(start, census));

    public override Task<long> LiveObjectsAsync(CancellationToken cancellation) => Task.FromResult(census.Count);

    public override async Task<long> CallBackAsync(IListener listener, long times, CancellationToken cancellation)
    {
        foreach (var number in Work.Numbers(times)) await listener.OnEventAsync(number, "event " + number);
        return times;
    }

    public override Task SubscribeAsync(IListener listener, long times, long intervalMs, CancellationToken cancellation)
    {
        Task.Run(async () =>
        {
            foreach (var number in Work.Numbers(times))
            {
                await Task.Delay((int)intervalMs);
                await listener.OnEventAsync(number, "event " + number);
            }
        });
        return Task.CompletedTask;
    }

    public override async Task<long> NestAsync(IConformance peer, long depth, CancellationToken cancellation) =>
        depth <= 0 ? 0 : 1 + await peer.NestAsync(this, depth - 1);

    public override Task<Beckon.Stream<long>> CountToAsync(long n, CancellationToken cancellation) =>
        Task.FromResult(Beckon.Stream.Produce<long>(async sink =>
        {
            foreach (var number in Work.Numbers(n)) await sink.WriteAsync(number);
        }));

    public override async Task<long> TotalAsync(Beckon.Stream<long> numbers, CancellationToken cancellation)
    {
        long total = 0;
        using (numbers)
        {
            while (await numbers.MoveNextAsync(cancellation)) total = checked(total + numbers.Current);
        }
        return total;
    }

    public override Task<string> WhoamiAsync(CancellationToken cancellation) => Task.FromResult(Work.User);
}
