using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>The sessions of an organization of 500 technicians in 20 teams, over five years; the same in every run. Some teams, labels and states are common, some are rare, some never meet.</summary>
internal static class GeneratedCatalogue
{
    public const int Teams = 20;
    public const int Technicians = 500;

    private static readonly DateTimeOffset Start = new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Years = TimeSpan.FromDays(5 * 365);
    private static readonly string[] Labels = ["network", "printing", "payroll", "mail", "accounts", "phones", "hardware", "legal", "press"];
    private static readonly (SessionState State, int Share)[] States =
    [
        (SessionState.Purged, 600_000), (SessionState.Recorded, 250_000), (SessionState.Declined, 80_000), (SessionState.Expired, 60_000), (SessionState.Partial, 9_000),
        (SessionState.Failed, 900), (SessionState.Lost, 50), (SessionState.Recording, 30), (SessionState.Invited, 20),
    ];

    /// <summary>The last of them.</summary>
    public static DateTimeOffset End { get; } = Start + Years;

    /// <summary>The n-th of so many sessions.</summary>
    public static RecordedSession Session(int number, int count)
    {
        var random = new Drawing((ulong)number);
        var technician = (int)(Technicians * Math.Pow(random.Share(), 1.25)); // the first one has three times as many as the middle one
        var team = technician % Teams + 1;
        var at = Start + Years * ((double)number / count);
        return new()
        {
            Id = Id(at.ToUnixTimeMilliseconds(), number), Technician = Name(technician), CreatedAt = at, Team = team, Label = LabelOf(random, team), State = StateOf(random),
            Ticket = number % 10 == 0 ? null : $"INC{number:00000000}", CodeExpiresAt = at.AddMinutes(10), Region = "eu-central-1", StartedAt = at.AddMinutes(2), EndedAt = at.AddMinutes(20),
        };
    }

    public static RecordedTrack Track(RecordedSession session) => new() { Session = session.Id, Name = "video", MediaType = "video/mp4", Segments = 200, Size = 40_000_000, Duration = 1080 };

    public static string Name(int technician) => $"technician{technician:000}";

    /// <summary>As of version 7, with the number in place of what is random.</summary>
    private static Guid Id(long at, int number) =>
        new((int)(at >> 16), (short)at, 0x7000, 0x80, 0, 0, 0, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number);

    /// <summary>Half of them have none; the last team alone has <c>legal</c>, and hardly anything has <c>press</c>.</summary>
    private static string? LabelOf(Drawing random, int team) =>
        random.OneIn(100_000) ? "press" : random.OneIn(2) ? null : team == Teams ? "legal" : Labels[(int)(7 * Math.Pow(random.Share(), 2))];

    private static SessionState StateOf(Drawing random)
    {
        var at = random.Below(States.Sum(state => state.Share));
        foreach (var (state, share) in States)
        {
            if (at < share) { return state; }
            at -= share;
        }

        throw new InvalidOperationException("The shares do not add up.");
    }
}
