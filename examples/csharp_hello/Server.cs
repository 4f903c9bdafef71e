// Greets, until it is killed: Server.exe ENDPOINT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Hello;

internal sealed class PoliteGreeter : GreeterServant
{
    private readonly List<IListener> listeners = new List<IListener>();

    public override string Greet(string name)
    {
        if (name == "Nobody") throw new Unwelcome { Name = name };
        List<IListener> watching;
        lock (listeners) watching = listeners.ToList();
        foreach (var listener in watching)
        {
            try
            {
                listener.OnGreeted(name);
            }
            catch (Beckon.BeckonException error) when (error.Code == Beckon.ErrorCode.Disconnected)
            {
                lock (listeners) listeners.Remove(listener);
            }
        }
        return "Good day, " + name + "!";
    }

    public override void Watch(IListener listener)
    {
        lock (listeners) listeners.Add(listener);
    }

    public override IEnumerable<string> GreetAll(IEnumerable<string> names)
    {
        foreach (var name in names) yield return Greet(name);
    }
}

internal static class Program
{
    private static void Main(string[] words)
    {
        using (var server = new Beckon.Server())
        {
            server.Published.Add("greeter", new PoliteGreeter());
            Console.WriteLine("listening " + server.Listen(words[0]));
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
