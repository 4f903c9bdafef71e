// Maps and sets in an `any`: whatever their keys are, in the order in which they came.
using System.Collections;
using System.Collections.Generic;

namespace Beckon
{
    /// <summary>A map whose keys can be values of any type, null too. Keeps the order in which keys were added.</summary>
    public sealed class AnyMap : IEnumerable<KeyValuePair<object, object>>
    {
        private readonly Dictionary<AnyKey, int> places = new Dictionary<AnyKey, int>();
        private readonly List<KeyValuePair<object, object>> entries = new List<KeyValuePair<object, object>>();

        /// <summary>How many keys there are.</summary>
        public int Count => entries.Count;

        /// <summary>The value of a key. Throws KeyNotFoundException where it is not there.</summary>
        public object this[object key]
        {
            get { return entries[places[new AnyKey(key)]].Value; }
            set
            {
                int place;
                if (places.TryGetValue(new AnyKey(key), out place))
                {
                    entries[place] = new KeyValuePair<object, object>(key, value);
                }
                else
                {
                    Add(key, value);
                }
            }
        }

        /// <summary>A new key. Throws ArgumentException where it is there already.</summary>
        public void Add(object key, object value)
        {
            places.Add(new AnyKey(key), entries.Count);
            entries.Add(new KeyValuePair<object, object>(key, value));
        }

        /// <summary>Whether the key is there.</summary>
        public bool ContainsKey(object key) => places.ContainsKey(new AnyKey(key));

        /// <inheritdoc/>
        public IEnumerator<KeyValuePair<object, object>> GetEnumerator() => entries.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
    }

    /// <summary>A set of values of any type. Keeps the order in which they were added.</summary>
    public sealed class AnySet : IEnumerable<object>
    {
        private readonly HashSet<AnyKey> known = new HashSet<AnyKey>();
        private readonly List<object> items = new List<object>();

        /// <summary>An empty set; a frozen one is another type in some languages.</summary>
        public AnySet(bool isFrozen = false) { IsFrozen = isFrozen; }

        /// <summary>Whether it is one that cannot be changed, where a language has such.</summary>
        public bool IsFrozen { get; }

        /// <summary>How many items there are.</summary>
        public int Count => items.Count;

        /// <summary>Adds an item; false where it was there.</summary>
        public bool Add(object item)
        {
            if (!known.Add(new AnyKey(item))) return false;
            items.Add(item);
            return true;
        }

        /// <summary>Whether the item is there.</summary>
        public bool Contains(object item) => known.Contains(new AnyKey(item));

        /// <inheritdoc/>
        public IEnumerator<object> GetEnumerator() => items.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        /// <inheritdoc/>
        public override bool Equals(object other) => AnyComparer.Equal(this, other);
        /// <inheritdoc/>
        public override int GetHashCode() => AnyComparer.Hash(this);
    }

    /// <summary>A key that may be null, compared by content.</summary>
    internal struct AnyKey : System.IEquatable<AnyKey>
    {
        private readonly object value;

        public AnyKey(object value) { this.value = value; }

        public bool Equals(AnyKey other) => AnyComparer.Equal(value, other.value);
        public override bool Equals(object other) => other is AnyKey && Equals((AnyKey)other);
        public override int GetHashCode() => AnyComparer.Hash(value);
    }
}
