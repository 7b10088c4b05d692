using System.Globalization;

namespace SecureRecorder.Storage.Keys.Expiry;

/// <summary>A month, UTC, in which something expires.</summary>
/// <param name="Number">Months since the year 0.</param>
public readonly record struct ExpiryMonth(int Number) : IComparable<ExpiryMonth>
{
    private const int MonthsAYear = 12;
    private const string Pattern = "yyyy-MM";

    public static ExpiryMonth Of(DateTimeOffset moment) => new((moment.UtcDateTime.Year * MonthsAYear) + moment.UtcDateTime.Month - 1);

    /// <summary>Reads what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out ExpiryMonth month)
    {
        var isOne = DateTimeOffset.TryParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var begin);
        month = isOne ? Of(begin) : default;
        return isOne;
    }

    /// <summary>Its first moment.</summary>
    public DateTimeOffset Begin => new(Number / MonthsAYear, (Number % MonthsAYear) + 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first moment after it.</summary>
    public DateTimeOffset End => new ExpiryMonth(Number + 1).Begin;

    public int CompareTo(ExpiryMonth other) => Number.CompareTo(other.Number);

    /// <summary>The later of the two.</summary>
    public ExpiryMonth Or(ExpiryMonth other) => Number >= other.Number ? this : other;

    /// <summary>As <c>March 2027</c>.</summary>
    public string InWords => Begin.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>As <c>2027-03</c>.</summary>
    public override string ToString() => Begin.ToString(Pattern, CultureInfo.InvariantCulture);

    public static bool operator <(ExpiryMonth left, ExpiryMonth right) => left.Number < right.Number;

    public static bool operator >(ExpiryMonth left, ExpiryMonth right) => left.Number > right.Number;

    public static bool operator <=(ExpiryMonth left, ExpiryMonth right) => left.Number <= right.Number;

    public static bool operator >=(ExpiryMonth left, ExpiryMonth right) => left.Number >= right.Number;
}
