// What goes wrong, as exceptions.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    /// <summary>What went wrong: the codes of the wire.</summary>
    public enum ErrorCode
    {
        /// <summary>Something went wrong inside, or the peer used a code unknown here.</summary>
        Internal = 0,
        /// <summary>The deadline has passed.</summary>
        Timeout = 1,
        /// <summary>The caller cancelled the call.</summary>
        Cancelled = 2,
        /// <summary>The connection was lost.</summary>
        Disconnected = 3,
        /// <summary>The peer broke the rules of the protocol.</summary>
        ProtocolError = 4,
        /// <summary>The two sides have different interfaces.</summary>
        SchemaMismatch = 5,
        /// <summary>The object has no such method.</summary>
        UnknownMethod = 6,
        /// <summary>There is no such object.</summary>
        UnknownObject = 7,
        /// <summary>The user may not do this.</summary>
        AccessDenied = 8,
        /// <summary>The peer takes no calls now.</summary>
        Overloaded = 9,
        /// <summary>A limit was reached.</summary>
        LimitExceeded = 10,
        /// <summary>The handler threw an exception that its interface does not declare.</summary>
        RemoteError = 11,
        /// <summary>A declared exception of a type that is unknown here.</summary>
        Declared = 12,
        /// <summary>An argument makes no sense.</summary>
        InvalidArgument = 13,
        /// <summary>A value is of another type than was expected.</summary>
        TypeMismatch = 14,
        /// <summary>This cannot be done here.</summary>
        Unsupported = 15,
        /// <summary>To wait would be to wait forever.</summary>
        WouldDeadlock = 16,
        /// <summary>The operating system refused.</summary>
        IoError = 17,
        /// <summary>A text could not be understood.</summary>
        ParseError = 18,
        /// <summary>Somebody listens there already.</summary>
        AddressInUse = 19,
        /// <summary>There is no such thing.</summary>
        NotFound = 20,
    }

    /// <summary>
    /// All that a call or a session can fail with, except exceptions that an interface declares. What it was says
    /// <see cref="Code"/>: <c>catch (BeckonException error) when (error.Code == ErrorCode.Timeout)</c>.
    /// </summary>
    public sealed class BeckonException : Exception
    {
        /// <summary>An exception with a message.</summary>
        public BeckonException(ErrorCode code, string message) : this(code, message, "", "", null) { }

        /// <summary>An exception as the peer described it.</summary>
        public BeckonException(ErrorCode code, string message, string typeName, string trace, IEnumerable<string> notes)
            : base(message)
        {
            Code = code;
            TypeName = typeName;
            Trace = trace;
            Notes = notes == null ? new List<string>() : notes.ToList();
        }

        /// <summary>What went wrong.</summary>
        public ErrorCode Code { get; }

        /// <summary>Name of the exception that the peer's handler threw; empty where it threw none.</summary>
        public string TypeName { get; }

        /// <summary>The peer's stack trace, where it is set to send it.</summary>
        public string Trace { get; }

        /// <summary>What was being done, innermost first.</summary>
        public IList<string> Notes { get; }

        /// <summary>The message alone, as the wire has it.</summary>
        public string Reason => base.Message;

        /// <summary>The type's name, the message, and the notes.</summary>
        public override string Message =>
            (TypeName == "" ? "" : TypeName + ": ") + string.Join("; ", new[] { base.Message }.Concat(Notes));

        /// <summary>The same to throw from another place, with a trace of its own.</summary>
        internal BeckonException Copy(string note = null)
        {
            var made = new BeckonException(Code, base.Message, TypeName, Trace, Notes);
            if (note != null) made.Notes.Add(note);
            return made;
        }

        internal BeckonException While(string note)
        {
            Notes.Add(note);
            return this;
        }
    }

    /// <summary>The base of generated exceptions, which an interface declares.</summary>
    public abstract class DeclaredException : Exception
    {
        /// <summary>The name and the fields.</summary>
        public override string Message => Described.ToString();

        internal AnyRecord Described => (AnyRecord)Generated.Describe(this);
    }

    /// <summary>Shorthands, for these occur everywhere.</summary>
    internal static class Errors
    {
        public static BeckonException Protocol(string message) => new BeckonException(ErrorCode.ProtocolError, message);

        public static BeckonException Limit(string message) => new BeckonException(ErrorCode.LimitExceeded, message);

        public static BeckonException Type(string message) => new BeckonException(ErrorCode.TypeMismatch, message);

        public static BeckonException Wrong(string expected, object found) =>
            Type("found " + (found == null ? "null" : found.GetType().Name) + ", expected " + expected);

        /// <summary>What calls fail with when the session has ended, those to come too.</summary>
        public static BeckonException Lost(Exception reason)
        {
            var known = reason as BeckonException;
            return known != null && known.Code == ErrorCode.Disconnected
                ? known
                : new BeckonException(ErrorCode.Disconnected, reason.Message);
        }

        /// <summary>An exception to throw once more, from another place.</summary>
        public static Exception Again(Exception error, string note = null)
        {
            var known = error as BeckonException;
            return known != null ? known.Copy(note) : error;
        }
    }
}
