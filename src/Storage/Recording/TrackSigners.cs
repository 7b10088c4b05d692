using System.Text.Json;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Recording;

/// <summary>Whose signature counts under a session's manifests: the recorder's that joined it, and the server's.</summary>
public sealed class TrackSigners(SigningKey server)
{
    /// <summary>Thumbprints of the accepted keys.</summary>
    public IReadOnlyCollection<string> Of(RecordedSession session)
    {
        var recorder = session.RecorderKey is { } json ? JsonSerializer.Deserialize(json, RecordingJson.Default.PublicSigningKey) : null;
        return recorder is null ? [server.Public.Thumbprint] : [recorder.Thumbprint, server.Public.Thumbprint];
    }
}
