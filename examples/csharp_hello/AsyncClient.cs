// The same without waiting: AsyncClient.exe ENDPOINT
using System;
using System.Threading;
using System.Threading.Tasks;
using Beckon;
using Hello;

internal static class Program
{
    private static void Main(string[] words)
    {
        RunAsync(words[0]).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(string endpoint)
    {
        using (var session = await Session.ConnectAsync(endpoint))
        {
            var greeter = await session.GetAsync<IGreeter>("greeter");
            var greetings = await Task.WhenAll(greeter.GreetAsync("Lucy"), greeter.GreetAsync("Tom"));
            Console.WriteLine(string.Join(" ", greetings));

            var names = Stream.Produce<string>(async sink =>
            {
                await sink.WriteAsync("Ann");
                await sink.WriteAsync("Bob");
            });
            using (var greeted = await greeter.GreetAllAsync(names))
            {
                while (await greeted.MoveNextAsync()) Console.WriteLine(greeted.Current);
            }

            using (var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
            {
                Console.WriteLine(await greeter.GreetAsync("Eve", hurry.Token));
            }
        }
    }
}
