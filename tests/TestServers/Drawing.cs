namespace SecureRecorder.TestServers;

/// <summary>Numbers that look drawn by lot and are the same in every run (SplitMix64); for test data, never for anything secret.</summary>
public sealed class Drawing(ulong seed)
{
    private ulong state = seed;

    /// <summary>From 0 to below 1.</summary>
    public double Share() => (Draw() >> 11) / (double)(1UL << 53);

    /// <summary>From 0 to below the limit.</summary>
    public int Below(int limit) => (int)(Draw() % (ulong)limit);

    /// <summary>One time in so many.</summary>
    public bool OneIn(int many) => Below(many) == 0;

    private ulong Draw()
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
