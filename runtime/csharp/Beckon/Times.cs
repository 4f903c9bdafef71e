// Days, times and lengths of time in nanoseconds, which those of System do not hold exactly.
using System;

namespace Beckon
{
    internal static class Nanoseconds
    {
        public const long OfDay = 86400L * 1000 * 1000 * 1000;
        public const long OfTick = 100;
        public static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    }

    /// <summary>A calendar day: days since 1970-01-01.</summary>
    public struct Date : IEquatable<Date>, IComparable<Date>
    {
        /// <summary>A day by its number.</summary>
        public Date(int days) { Days = days; }

        /// <summary>A day of the Gregorian calendar.</summary>
        public Date(int year, int month, int day) : this((new DateTime(year, month, day) - Nanoseconds.Epoch).Days) { }

        /// <summary>Days since 1970-01-01.</summary>
        public int Days { get; }

        /// <summary>Midnight of that day, UTC. Throws ArgumentOutOfRangeException beyond the years 1 to 9999.</summary>
        public DateTime ToDateTime() => Nanoseconds.Epoch.AddDays(Days);

        /// <summary>The day of a moment.</summary>
        public static Date Of(DateTime moment) => new Date((moment.Date - Nanoseconds.Epoch.Date).Days);

        /// <inheritdoc/>
        public bool Equals(Date other) => Days == other.Days;
        /// <inheritdoc/>
        public override bool Equals(object other) => other is Date && Equals((Date)other);
        /// <inheritdoc/>
        public override int GetHashCode() => Days;
        /// <inheritdoc/>
        public int CompareTo(Date other) => Days.CompareTo(other.Days);
        /// <inheritdoc/>
        public override string ToString() =>
            Days >= -719162 && Days <= 2932896 ? ToDateTime().ToString("yyyy-MM-dd") : Days + " days from 1970";
    }

    /// <summary>A time of day, in nanoseconds since midnight.</summary>
    public struct TimeOfDay : IEquatable<TimeOfDay>, IComparable<TimeOfDay>
    {
        /// <summary>Nanoseconds since midnight, less than those of a day.</summary>
        public TimeOfDay(long nanoseconds) { Nanoseconds = nanoseconds; }

        /// <summary>Nanoseconds since midnight.</summary>
        public long Nanoseconds { get; }

        /// <summary>Without what is below 100 ns.</summary>
        public TimeSpan ToTimeSpan() => new TimeSpan(Nanoseconds / Beckon.Nanoseconds.OfTick);

        /// <summary>A time since midnight.</summary>
        public static implicit operator TimeOfDay(TimeSpan time) =>
            new TimeOfDay(checked(time.Ticks * Beckon.Nanoseconds.OfTick));

        /// <inheritdoc/>
        public bool Equals(TimeOfDay other) => Nanoseconds == other.Nanoseconds;
        /// <inheritdoc/>
        public override bool Equals(object other) => other is TimeOfDay && Equals((TimeOfDay)other);
        /// <inheritdoc/>
        public override int GetHashCode() => Nanoseconds.GetHashCode();
        /// <inheritdoc/>
        public int CompareTo(TimeOfDay other) => Nanoseconds.CompareTo(other.Nanoseconds);
        /// <inheritdoc/>
        public override string ToString() => ToTimeSpan().ToString();
    }

    /// <summary>A moment in UTC, to the nanosecond.</summary>
    public struct Timestamp : IEquatable<Timestamp>, IComparable<Timestamp>
    {
        /// <summary>A day, and nanoseconds since its midnight.</summary>
        public Timestamp(int days, long nanoseconds)
        {
            Days = days;
            Nanoseconds = nanoseconds;
        }

        /// <summary>Days since 1970-01-01.</summary>
        public int Days { get; }

        /// <summary>Nanoseconds since midnight.</summary>
        public long Nanoseconds { get; }

        /// <summary>Without what is below 100 ns. Throws ArgumentOutOfRangeException beyond the years 1 to 9999.</summary>
        public DateTime ToDateTime() =>
            Beckon.Nanoseconds.Epoch.AddDays(Days).AddTicks(Nanoseconds / Beckon.Nanoseconds.OfTick);

        /// <summary>The same moment; one that is not said to be local counts as UTC.</summary>
        public static implicit operator Timestamp(DateTime moment)
        {
            var universal = moment.Kind == DateTimeKind.Local ? moment.ToUniversalTime() : moment;
            return new Timestamp(Date.Of(universal).Days, universal.TimeOfDay.Ticks * Beckon.Nanoseconds.OfTick);
        }

        /// <inheritdoc/>
        public bool Equals(Timestamp other) => Days == other.Days && Nanoseconds == other.Nanoseconds;
        /// <inheritdoc/>
        public override bool Equals(object other) => other is Timestamp && Equals((Timestamp)other);
        /// <inheritdoc/>
        public override int GetHashCode() => Days * 31 + Nanoseconds.GetHashCode();
        /// <inheritdoc/>
        public int CompareTo(Timestamp other) =>
            Days != other.Days ? Days.CompareTo(other.Days) : Nanoseconds.CompareTo(other.Nanoseconds);
        /// <inheritdoc/>
        public override string ToString() => new Date(Days) + " " + new TimeOfDay(Nanoseconds);
    }

    /// <summary>A length of time in nanoseconds.</summary>
    public struct Duration : IEquatable<Duration>, IComparable<Duration>
    {
        /// <summary>So many nanoseconds.</summary>
        public Duration(long nanoseconds) { Nanoseconds = nanoseconds; }

        /// <summary>Its length.</summary>
        public long Nanoseconds { get; }

        /// <summary>Without what is below 100 ns.</summary>
        public TimeSpan ToTimeSpan() => new TimeSpan(Nanoseconds / Beckon.Nanoseconds.OfTick);

        /// <summary>The same length. Throws OverflowException beyond 292 years.</summary>
        public static implicit operator Duration(TimeSpan length) =>
            new Duration(checked(length.Ticks * Beckon.Nanoseconds.OfTick));

        /// <inheritdoc/>
        public bool Equals(Duration other) => Nanoseconds == other.Nanoseconds;
        /// <inheritdoc/>
        public override bool Equals(object other) => other is Duration && Equals((Duration)other);
        /// <inheritdoc/>
        public override int GetHashCode() => Nanoseconds.GetHashCode();
        /// <inheritdoc/>
        public int CompareTo(Duration other) => Nanoseconds.CompareTo(other.Nanoseconds);
        /// <inheritdoc/>
        public override string ToString() => ToTimeSpan().ToString();
    }
}
