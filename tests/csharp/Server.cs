// Publishes the conformance service as `conformance`: Server.exe ENDPOINT [async] [small]. Ends when its input does.
using System;
using System.Linq;

internal static class ServerProgram
{
    private static int Main(string[] words)
    {
        var options = new Beckon.ServerOptions();
        if (words.Contains("small")) options.Hello = new Beckon.Hello { MaxCallsInFlight = 4, MaxMessageBytes = 100000 };
        using (var server = new Beckon.Server(options))
        {
            server.Published.Add("conformance", words.Contains("async") ? (Conformance.IConformance)new AsyncService() : new Service());
            var listening = server.Listen(words[0]);
            if (words[0].StartsWith("stdio:"))
            {
                server.Run();
                return 0;
            }
            Console.WriteLine("listening on " + listening);
            while (Console.In.Read() >= 0) continue;
        }
        return 0;
    }
}
