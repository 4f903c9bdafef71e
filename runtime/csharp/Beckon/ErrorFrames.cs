// Errors on the wire: in error frames, in go-away and at the end of a stream.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    /// <summary>A generated exception can be made of what the peer says of it.</summary>
    internal interface IDeclared
    {
        string Name { get; }
        Exception Made(object fields);
    }

    internal static class ErrorFrames
    {
        /// <summary>An exception that cannot be described is told as one of that kind.</summary>
        public static byte[] Pack(Exception error, bool sendTrace = false)
        {
            try
            {
                return PackAsItIs(error, sendTrace);
            }
            catch (Exception failure)
            {
                var message = error.GetType().Name + " cannot be sent: " + failure.Message;
                return PackAsItIs(new BeckonException(ErrorCode.Internal, message), false);
            }
        }

        private static byte[] PackAsItIs(Exception error, bool sendTrace)
        {
            var declared = error as DeclaredException;
            var known = error as BeckonException;
            object fields = null;
            var code = ErrorCode.RemoteError;
            string typeName = error.GetType().Name, message = error.Message;
            if (declared != null)
            {
                var described = declared.Described;
                code = ErrorCode.Declared;
                typeName = message = described.TypeName;
                fields = described;
            }
            else if (known != null)
            {
                code = known.Code;
                typeName = known.TypeName;
                message = known.Reason;
            }
            var target = new Writer();
            target.U32((uint)code);
            target.Text(Printable(typeName));
            target.Text(Printable(message));
            target.Text(sendTrace ? Printable(error.ToString()) : "");
            var notes = known == null ? new List<string>() : known.Notes.ToList();
            target.U32((uint)notes.Count);
            foreach (var note in notes) target.Text(Printable(note));
            AnyWriter.Write(target, fields);
            return target.ToArray();
        }

        /// <summary>Halves of characters, which have no UTF-8, are escaped.</summary>
        private static string Printable(string text)
        {
            if (text == null) return "";
            var made = new System.Text.StringBuilder();
            for (var i = 0; i < text.Length; ++i)
            {
                if (i + 1 < text.Length && char.IsSurrogatePair(text, i)) made.Append(text[i++]).Append(text[i]);
                else if (char.IsSurrogate(text[i])) made.Append("\\u" + ((int)text[i]).ToString("x4"));
                else made.Append(text[i]);
            }
            return made.ToString();
        }

        /// <summary>The exception that an error stands for: a declared one as itself where its type is known.</summary>
        public static Exception Read(byte[] content, IEnumerable<IDeclared> declared = null)
        {
            var source = new Reader(content);
            var number = source.U32();
            string typeName = source.Text(), message = source.Text(), trace = source.Text();
            var notes = new List<string>();
            for (var left = source.Count(4); left > 0; --left) notes.Add(source.Text());
            var fields = AnyReader.Read(source);
            source.Finish();
            var code = number > (uint)ErrorCode.NotFound ? ErrorCode.Internal : (ErrorCode)number;
            var known = declared?.FirstOrDefault(each => each.Name == typeName);
            if (code == ErrorCode.Declared && known != null)
            {
                try
                {
                    return known.Made(fields);
                }
                catch (BeckonException)
                {
                    notes.Add("its fields are not those of " + typeName + " as this side knows it");
                }
            }
            return new BeckonException(code, message, typeName, trace, notes);
        }
    }
}
