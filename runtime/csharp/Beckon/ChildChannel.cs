// A child process that is talked to by its standard input and output.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;

namespace Beckon
{
    internal sealed class ChildChannel : Channel
    {
        private const int LastMilliseconds = 5000;
        private readonly Process child;
        private readonly System.IO.Stream source;
        private readonly System.IO.Stream sink;
        private int isClosed;

        private ChildChannel(Process child)
        {
            this.child = child;
            source = child.StandardOutput.BaseStream;
            sink = child.StandardInput.BaseStream;
        }

        public static ChildChannel Start(string commandLine)
        {
            var words = WordsOf(commandLine);
            if (words.Count == 0) throw new BeckonException(ErrorCode.InvalidArgument, "endpoint 'exec:': expected a program");
            var start = new ProcessStartInfo(words[0], string.Join(" ", words.Skip(1).Select(Quoted)))
            {
                UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
            };
            return new ChildChannel(Process.Start(start));
        }

        public override int Read(byte[] target, int at, int most) => source.Read(target, at, most);

        public override void Write(byte[] content)
        {
            sink.Write(content, 0, content.Length);
            sink.Flush();
        }

        public override void Close()
        {
            if (Interlocked.Exchange(ref isClosed, 1) != 0) return;
            try
            {
                sink.Dispose();
            }
            catch (System.IO.IOException) { }
            if (!child.WaitForExit(LastMilliseconds)) child.Kill(); // its input has ended
            source.Dispose();
            child.Dispose();
        }

        /// <summary>Words as a shell splits them, with quotes and backslashes.</summary>
        internal static List<string> WordsOf(string line)
        {
            var words = new List<string>();
            StringBuilder word = null;
            var quote = '\0';
            for (var i = 0; i < line.Length; ++i)
            {
                var letter = line[i];
                if (quote == '\0' && char.IsWhiteSpace(letter))
                {
                    if (word != null) words.Add(word.ToString());
                    word = null;
                    continue;
                }
                word = word ?? new StringBuilder();
                if (letter == quote) quote = '\0';
                else if (quote == '\0' && (letter == '"' || letter == '\'')) quote = letter;
                else if (letter == '\\' && quote != '\'' && i + 1 < line.Length) word.Append(line[++i]);
                else word.Append(letter);
            }
            if (quote != '\0') throw new BeckonException(ErrorCode.InvalidArgument, "a command line ends inside of quotes");
            if (word != null) words.Add(word.ToString());
            return words;
        }

        private static string Quoted(string word) => "\"" + word.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
    }
}
