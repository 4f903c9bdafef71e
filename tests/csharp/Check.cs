// What tests say: one line for each, `ok NAME` or `failed NAME: why`.
using System;
using System.Collections;
using System.Linq;
using System.Threading;
using Beckon;

/// <summary>Runs tests, counts failures, compares.</summary>
internal static class Check
{
    private static int failures;

    /// <summary>What a program exits with.</summary>
    public static int Status => failures == 0 ? 0 : 1;

    public static void Run(string name, Action test)
    {
        try
        {
            test();
            Console.WriteLine("ok " + name);
        }
        catch (Exception error)
        {
            ++failures;
            var lines = error.ToString().Split('\n').Select(each => each.Trim());
            Console.WriteLine("failed " + name + ": " + string.Join(" | ", lines));
        }
    }

    public static void That(bool isSo, string what)
    {
        if (!isSo) throw new Exception(what);
    }

    public static void Equal(object expected, object actual)
    {
        if (expected is IEnumerable && actual is IEnumerable && !(expected is string))
        {
            var wanted = ((IEnumerable)expected).Cast<object>().ToList();
            var found = ((IEnumerable)actual).Cast<object>().ToList();
            That(wanted.Count == found.Count, "found " + found.Count + " items, expected " + wanted.Count);
            for (var i = 0; i < wanted.Count; ++i) Equal(wanted[i], found[i]);
            return;
        }
        That(Equals(expected, actual), "found " + (actual ?? "null") + ", expected " + (expected ?? "null"));
    }

    public static T Throws<T>(Action action, string words = "") where T : Exception
    {
        try
        {
            action();
        }
        catch (AggregateException error) when (error.InnerException is T)
        {
            return Told((T)error.InnerException, words);
        }
        catch (T error)
        {
            return Told(error, words);
        }
        throw new Exception("nothing was thrown, expected " + typeof(T).Name);
    }

    private static T Told<T>(T error, string words) where T : Exception
    {
        That(error.Message.Contains(words), "found the message '" + error.Message + "', expected '" + words + "'");
        return error;
    }

    public static void Fails(ErrorCode code, Action action, string words = "")
    {
        Equal(code, Throws<BeckonException>(action, words).Code);
    }

    /// <summary>Waits for what another thread or process does.</summary>
    public static void Until(Func<bool> isSo, string what)
    {
        for (var i = 0; i < 10000 && !isSo(); ++i) Thread.Sleep(2);
        That(isSo(), "it did not happen: " + what);
    }
}
