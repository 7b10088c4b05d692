namespace SecureRecorder.Benchmarks;

/// <summary>What the rounds of one measurement gave. The median stands for them: a shared machine has bad rounds, never better ones than it can.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public void Add(double value) => _values.Add(value);

    public double Median => Quantile(0.5);

    /// <summary>Nineteen of twenty are below it.</summary>
    public double Percentile95 => Quantile(0.95);

    /// <summary>The worst one.</summary>
    public double Maximum => Quantile(1);

    public int Count => _values.Count;

    /// <summary>Between these lies the middle half.</summary>
    public (double Lower, double Upper) Quartiles => (Quantile(0.25), Quantile(0.75));

    /// <summary>The value that this share of them does not exceed.</summary>
    public double At(double share) => Quantile(share);

    private double Quantile(double share)
    {
        var sorted = _values.Order().ToList();
        var at = share * (sorted.Count - 1);
        var below = (int)at;
        return sorted[below] + (at - below) * (sorted[Math.Min(below + 1, sorted.Count - 1)] - sorted[below]);
    }

    /// <summary>The median, and the middle half.</summary>
    public override string ToString() => $"{Median:F2} ({Quartiles.Lower:F2}–{Quartiles.Upper:F2})";
}
