using System.Net.ServerSentEvents;
using System.Text.Json;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Recorder.Session;

/// <summary>What the server last said, and when it arrived on the monotonic clock.</summary>
internal sealed record ControlState(ControlEvent Event, long ArrivedAt);

/// <summary>Follows the server's control stream, and begins it anew whenever it breaks.</summary>
internal sealed class ControlStream(RecorderApi api, Outage outage, TimeProvider time, Action changed)
{
    /// <summary>Events come every 2 s: a stream without any for this long is dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    private ControlState? _latest;

    /// <summary><see langword="null"/>: nothing was said yet.</summary>
    public ControlState? Latest => Volatile.Read(ref _latest);

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="ServerRefusedException">The server does not know this recorder (any more).</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            string failure;
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(Silence);
            try
            {
                using var answer = await api.OpenControlAsync(silence.Token);
                await using var body = await answer.Content.ReadAsStreamAsync(silence.Token);
                await FollowAsync(body, silence, cancellation);
                failure = "the server closed the connection";
            }
            catch (ServerRefusedException refused) when (refused.MayPass)
            {
                failure = refused.Message;
            }
            catch (Exception failed) when (failed is HttpRequestException or IOException or JsonException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                failure = failed is OperationCanceledException ? $"nothing was heard for {Silence.TotalSeconds} s" : failed.Message;
            }

            await outage.WaitAsync(failure, cancellation);
        }
    }

    private async Task FollowAsync(Stream body, CancellationTokenSource silence, CancellationToken cancellation)
    {
        var events = SseParser.Create(body, (type, data) => type == "control" ? JsonSerializer.Deserialize(data, RecordingJson.Default.ControlEvent) : null);
        await foreach (var item in events.EnumerateAsync(silence.Token))
        {
            cancellation.ThrowIfCancellationRequested();
            if (item.Data is not { } control) { continue; }

            silence.CancelAfter(Silence);
            Volatile.Write(ref _latest, new(control, time.GetTimestamp()));
            outage.Over();
            changed();
        }
    }
}
