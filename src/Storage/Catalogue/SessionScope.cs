namespace SecureRecorder.Storage.Catalogue;

/// <summary>Which sessions an account may see in a list: those that it started, and those to which it was given a right.</summary>
/// <param name="Technician">User name of the account: what it started is its own.</param>
/// <param name="Teams">Numbers of the teams whose sessions it may see.</param>
/// <param name="Labels">Names of the labels whose sessions it may see.</param>
/// <param name="Sessions">Single sessions that it may see.</param>
public sealed record SessionScope(string Technician, IReadOnlyList<int> Teams, IReadOnlyList<string> Labels, IReadOnlyList<Guid> Sessions)
{
    /// <summary>What somebody without any given right may see.</summary>
    public static SessionScope OwnOf(string technician) => new(technician, [], [], []);
}
