using System.Text.Json;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Recording;

/// <summary>Whose signature counts under a session's manifests: the recorder's that joined it, and the server's.</summary>
/// <param name="earlier">Keys of the servers before this one, whose recordings it took over; null: there were none.</param>
public sealed class TrackSigners(SigningKey server, IReadOnlyCollection<PublicSigningKey>? earlier = null)
{
    /// <summary>Thumbprints of the server's keys, its own first.</summary>
    public IReadOnlyCollection<string> Servers { get; } = [server.Public.Thumbprint, .. (earlier ?? []).Select(key => key.Thumbprint)];

    /// <summary>Thumbprints of the accepted keys.</summary>
    public IReadOnlyCollection<string> Of(RecordedSession session)
    {
        var recorder = session.RecorderKey is { } json ? JsonSerializer.Deserialize(json, RecordingJson.Default.PublicSigningKey) : null;
        return recorder is null ? Servers : [recorder.Thumbprint, .. Servers];
    }
}
