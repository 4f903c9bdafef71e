// Has some people greeted: Client.exe ENDPOINT
using System;
using System.Collections.Generic;
using Beckon;
using Hello;

internal sealed class Gossip : ListenerServant
{
    public List<string> Heard { get; } = new List<string>();

    public override void OnGreeted(string name)
    {
        Heard.Add(name);
    }
}

internal static class Program
{
    private static void Main(string[] words)
    {
        using (var session = Session.Connect(words[0]))
        {
            var greeter = session.Get<IGreeter>("greeter");
            Console.WriteLine(greeter.Greet("Lucy"));

            var gossip = new Gossip();
            greeter.Watch(gossip);
            foreach (var greeting in greeter.GreetAll(new[] { "Ann", "Bob" }))
            {
                Console.WriteLine(greeting);
            }
            Console.WriteLine("heard of: " + string.Join(" ", gossip.Heard));

            try
            {
                greeter.Greet("Nobody");
            }
            catch (Unwelcome error)
            {
                Console.WriteLine("not greeted: " + error.Name);
            }

            var patient = Proxy.With(greeter, timeout: TimeSpan.FromMinutes(1));
            Console.WriteLine(patient.Greet("Eve"));
        }
    }
}
