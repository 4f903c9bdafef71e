// Versions of an interface: OtherVersions.exe OLD NEW (NAME ENDPOINT WORDS)...
using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Beckon;

internal sealed class Watcher : OldVersion.WatcherServant
{
    public readonly List<string> Heard = new List<string>();

    public override void OnLoad(OldVersion.Machine machine) { Heard.Add(machine.Name + " " + machine.Load); }
}

internal static class OtherVersions
{
    private static void Later(string old)
    {
        using (var session = Session.Connect(old))
        {
            var office = session.Get<NewVersion.IOffice>("office");
            var wanted = new NewVersion.Machine { Name = "m", Load = 3, Mood = NewVersion.Mood.Busy };
            wanted.Tags = new List<string> { "new" };
            Check.Equal(wanted, office.Find("m"));
            office.Move(wanted, NewVersion.Mood.Calm);
            var thrown = Check.Throws<NewVersion.Broken>(() => office.Find("gone"));
            Check.Equal("gone 5", thrown.Name + " " + thrown.Since);
            Check.Fails(ErrorCode.UnknownMethod, () => office.Count(), "");
        }
    }

    private static void Earlier(string later)
    {
        using (var session = Session.Connect(later))
        {
            var office = session.Get<OldVersion.IOffice>("office");
            Check.Equal(new OldVersion.Machine { Name = "m", Load = 3 }, office.Find("m"));
            var watcher = new Watcher();
            office.Watch(watcher);
            Check.Equal("m 1", string.Join(", ", watcher.Heard));
        }
    }

    private static void Tasks(string old)
    {
        using (var session = Session.Connect(old))
        {
            var office = session.GetAsync<NewVersion.IOffice>("office").Result;
            Check.Equal(NewVersion.Mood.Busy, office.FindAsync("m").Result.Mood);
        }
    }

    private static void Other(string old)
    {
        using (var session = Session.Connect(old))
        {
            Check.Fails(
                ErrorCode.SchemaMismatch, () => session.Get<OldVersion.IWatcher>("office"), "is a Office, the peer expects a Watcher");
        }
    }

    private static void Differ(string endpoint, Action<Session> get, string words)
    {
        using (var session = Session.Connect(endpoint))
        {
            try
            {
                get(session);
            }
            catch (BeckonException error) when (error.Code == ErrorCode.SchemaMismatch)
            {
                Check.That(Regex.IsMatch(error.Message, words), error.Message);
                return;
            }
        }
        throw new Exception("they talk");
    }

    private static int Main(string[] words)
    {
        Check.Run("a new caller", () => Later(words[0]));
        Check.Run("an old caller", () => Earlier(words[1]));
        Check.Run("tasks", () => Tasks(words[0]));
        Check.Run("another interface", () => Other(words[0]));
        for (var at = 2; at < words.Length; at += 3)
        {
            var name = words[at];
            var endpoint = words[at + 1];
            var why = words[at + 2];
            Check.Run(name + " there", () => Differ(endpoint, each => each.Get<OldVersion.IOffice>("office"), why));
            if (!Broken.Clients.ContainsKey(name)) continue;
            Check.Run(name + " here", () => Differ(words[0], Broken.Clients[name], why));
        }
        return Check.Status;
    }
}
