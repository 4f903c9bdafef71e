// How the runtime finds what was generated for a type.
using System;
using System.Collections.Concurrent;
using System.Reflection;

namespace Beckon
{
    /// <summary>Names the class that says how a generated type travels.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Enum | AttributeTargets.Interface, Inherited = true)]
    public sealed class GeneratedAttribute : Attribute
    {
        /// <summary>A class with a static field Instance: a codec, or what there is to know of an interface.</summary>
        public GeneratedAttribute(Type wire) { Wire = wire; }

        /// <summary>That class.</summary>
        public Type Wire { get; }
    }

    /// <summary>The base of generated records: two are equal if all of their fields are.</summary>
    public abstract class Record
    {
        /// <inheritdoc/>
        public override bool Equals(object other) =>
            other != null && other.GetType() == GetType() && AnyComparer.Equal(Generated.Describe(this), Generated.Describe(other));

        /// <summary>By content: changes with the fields.</summary>
        public override int GetHashCode() => AnyComparer.Hash(Generated.Describe(this));

        /// <inheritdoc/>
        public override string ToString() => AnyComparer.Show(Generated.Describe(this));
    }

    /// <summary>The base of generated variants: two are equal if their cases and values are.</summary>
    public abstract class Variant
    {
        /// <inheritdoc/>
        public override bool Equals(object other) =>
            other != null && other.GetType() == GetType() && AnyComparer.Equal(Generated.Describe(this), Generated.Describe(other));

        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(Generated.Describe(this));

        /// <inheritdoc/>
        public override string ToString() => AnyComparer.Show(Generated.Describe(this));
    }

    /// <summary>What was generated, by type.</summary>
    internal static class Generated
    {
        private static readonly ConcurrentDictionary<Type, object> Known = new ConcurrentDictionary<Type, object>();
        private static readonly object None = new object();

        /// <summary>Whether a value can describe itself in an any.</summary>
        public static bool IsDescribed(object value) =>
            value is Record || value is Variant || value is DeclaredException || (value is Enum && Of(value.GetType()) != null);

        public static object Describe(object value) => ((ICodec)Of(value.GetType())).BoxedToAny(value);

        /// <summary>What belongs to a type, or null.</summary>
        public static object Of(Type type)
        {
            var found = Known.GetOrAdd(type, Find);
            return ReferenceEquals(found, None) ? null : found;
        }

        /// <summary>What there is to know of an interface.</summary>
        public static InterfaceInfo InterfaceOf(Type type)
        {
            var found = Of(type) as InterfaceInfo;
            if (found == null) throw Errors.Type(type.Name + " is no interface that was generated");
            return found;
        }

        /// <summary>The one interface of the IDL that an object implements.</summary>
        public static InterfaceInfo InterfaceOfObject(object value)
        {
            InterfaceInfo found = null;
            foreach (var each in value.GetType().GetInterfaces())
            {
                var info = Of(each) as InterfaceInfo;
                if (info == null) continue;
                if (found != null) throw Errors.Type(value.GetType().Name + " implements both " + found.Name + " and " + info.Name);
                found = info;
            }
            if (found == null) throw Errors.Type(value.GetType().Name + " implements no interface that was generated");
            return found;
        }

        private static object Find(Type type)
        {
            var named = type.GetCustomAttribute<GeneratedAttribute>(true);
            return named == null ? None : named.Wire.GetField("Instance").GetValue(null);
        }
    }
}
