// Codecs of exceptions that interfaces declare.
using System;

namespace Beckon
{
    /// <summary>An exception. Generated codecs derive from it.</summary>
    public abstract class ExceptionCodec<T> : RecordCodec<T>, IDeclared where T : DeclaredException, new()
    {
        /// <summary>The name in the IDL.</summary>
        protected ExceptionCodec(string name) : base(name) { }

        string IDeclared.Name => Name;

        Exception IDeclared.Made(object fields) => FromAny(fields);
    }
}
