// Values of `any` for which .NET has no type of its own: they describe themselves.
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Beckon
{
    /// <summary>An enum's value in an any.</summary>
    public sealed class AnyEnum
    {
        /// <summary>Name of the type, name and number of the value.</summary>
        public AnyEnum(string typeName, string name, long number)
        {
            TypeName = typeName;
            Name = name;
            Number = number;
        }

        /// <summary>Name of the type.</summary>
        public string TypeName { get; }
        /// <summary>Name of the value.</summary>
        public string Name { get; }
        /// <summary>Number of the value.</summary>
        public long Number { get; }

        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
        /// <inheritdoc/>
        public override string ToString() => TypeName + "." + Name;
    }

    /// <summary>A record in an any.</summary>
    public sealed class AnyRecord
    {
        /// <summary>Name of the type, and the fields in order.</summary>
        public AnyRecord(string typeName, IEnumerable<KeyValuePair<string, object>> fields)
        {
            TypeName = typeName;
            Fields = fields.ToList();
        }

        /// <summary>Name of the type.</summary>
        public string TypeName { get; }
        /// <summary>The fields, in order.</summary>
        public IReadOnlyList<KeyValuePair<string, object>> Fields { get; }

        /// <summary>The value of a field, or null where there is none.</summary>
        public object this[string name] => Fields.FirstOrDefault(each => each.Key == name).Value;

        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
        /// <inheritdoc/>
        public override string ToString() =>
            TypeName + "{" + string.Join(", ", Fields.Select(each => each.Key + ": " + AnyComparer.Show(each.Value))) + "}";
    }

    /// <summary>A variant in an any.</summary>
    public sealed class AnyVariant
    {
        /// <summary>The case's name and its value.</summary>
        public AnyVariant(string caseName, object value)
        {
            Case = caseName;
            Value = value;
        }

        /// <summary>Name of the case.</summary>
        public string Case { get; }
        /// <summary>Its value.</summary>
        public object Value { get; }

        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
        /// <inheritdoc/>
        public override string ToString() => Case + ": " + AnyComparer.Show(Value);
    }

    /// <summary>An exception that is a value in an any.</summary>
    public sealed class AnyException
    {
        /// <summary>All that there is to say about it.</summary>
        public AnyException(string typeName, string message, object arguments, object fields, string trace)
        {
            TypeName = typeName;
            Message = message;
            Arguments = arguments;
            Fields = fields;
            Trace = trace;
        }

        /// <summary>Name of the type.</summary>
        public string TypeName { get; }
        /// <summary>What happened.</summary>
        public string Message { get; }
        /// <summary>Positional arguments.</summary>
        public object Arguments { get; }
        /// <summary>Fields by name.</summary>
        public object Fields { get; }
        /// <summary>Its stack trace.</summary>
        public string Trace { get; }

        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
    }

    /// <summary>An application's own type in an any.</summary>
    public sealed class Extension
    {
        /// <summary>A type's number and its content.</summary>
        public Extension(long type, byte[] content)
        {
            Type = type;
            Content = content;
        }

        /// <summary>The application's number for the type.</summary>
        public long Type { get; }
        /// <summary>The content.</summary>
        public byte[] Content { get; }

        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
    }

    /// <summary>A tuple in an any: lists are lists.</summary>
    public sealed class AnyTuple : IEnumerable<object>
    {
        /// <summary>A tuple of these.</summary>
        public AnyTuple(params object[] items) { Items = items; }

        /// <summary>Its elements.</summary>
        public IReadOnlyList<object> Items { get; }

        /// <inheritdoc/>
        public IEnumerator<object> GetEnumerator() => Items.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
    }

    /// <summary>Where a part of a sequence begins and ends, in an any.</summary>
    public sealed class AnySlice
    {
        /// <summary>Any of them can be null.</summary>
        public AnySlice(object start, object stop, object step)
        {
            Start = start;
            Stop = stop;
            Step = step;
        }

        /// <summary>Where it begins.</summary>
        public object Start { get; }
        /// <summary>Where it ends.</summary>
        public object Stop { get; }
        /// <summary>How far to the next.</summary>
        public object Step { get; }

        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
    }
}
