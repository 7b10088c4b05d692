using System.Net.Http.Json;
using SecureRecorder.Benchmarks.Live;

namespace SecureRecorder.Benchmarks.Replay;

/// <summary>Somebody with a replay of their own, as far as the server can tell.</summary>
internal sealed class SimulatedViewer(Everybody everybody, string api)
{
    private static readonly byte[] Sink = new byte[1 << 16];
    private IReadOnlyList<PlayedGroup>? _groups;

    /// <summary>States a purpose.</summary>
    public static async Task<SimulatedViewer> OpenAsync(Everybody everybody, Guid session) =>
        new(everybody, $"/api/replay/{(await everybody.OpenReplayAsync(session)).Split('/')[^1]}");

    public async Task<IReadOnlyList<PlayedGroup>> GroupsAsync()
    {
        if (_groups is not null) { return _groups; }

        using var answer = await everybody.SendAsync(HttpMethod.Get, api, everybody.TechnicianCookies);
        return _groups = (await answer.Content.ReadFromJsonAsync<Description>())!.Groups;
    }

    /// <summary>Reads a group to its end; returns how long it was.</summary>
    public async Task<long> ReadAsync(long first)
    {
        using var answer = await everybody.SendAsync(HttpMethod.Get, $"{api}/video/{first}.m4s", everybody.TechnicianCookies, stream: true);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var length = 0L;
        while (await body.ReadAsync(Sink) is > 0 and var read) { length += read; } // nobody looks at the bytes
        return length;
    }

    /// <summary>Of what the player is told, what is needed here.</summary>
    private sealed record Description(IReadOnlyList<PlayedGroup> Groups);
}

/// <summary>Segments <paramref name="First"/> to <paramref name="Last"/>, which one request reads; seconds on the session's clock.</summary>
internal sealed record PlayedGroup(long First, long Last, double Start, double End);
