using System.Buffers;
using System.Net;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Upload;

/// <summary>Puts one spooled object into the bucket, however often it takes.</summary>
internal sealed class ObjectUpload(HttpClient http, SessionSpool spool, AddressBook addresses, Outage store)
{
    /// <summary>A PUT that takes longer is begun anew: the connection is dead, or the object far too large for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    /// <summary>Returns once the bucket has the object: stored now, or by an earlier try whose answer was lost (the commit proves its size).</summary>
    /// <returns><see langword="false"/>: it was discarded meanwhile.</returns>
    public async Task<bool> PutAsync(SpooledObject waiting, CancellationToken cancellation)
    {
        using var discarded = waiting.Index >= 0 && !spool.Discarding.IsCancellationRequested
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, spool.Discarding)
            : CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (spool.Wants(waiting))
            {
                if (await TryAsync(waiting, discarded.Token) is not { } failure)
                {
                    store.Over();
                    return true;
                }

                await store.WaitAsync(failure, discarded.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { } // discarded

        return false;
    }

    /// <returns><see langword="null"/>: it is stored. Else why not.</returns>
    private async Task<string?> TryAsync(SpooledObject waiting, CancellationToken cancellation)
    {
        ObjectAddress address;
        try
        {
            address = await addresses.TakeAsync(waiting, cancellation);
        }
        catch (ServerRefusedException committed) when (committed.Expected > Math.Max(waiting.Index, 0) && waiting.Name != TrackObjects.Manifest)
        {
            return null; // a recorder that was killed before it heard so had it committed already
        }

        var content = ArrayPool<byte>.Shared.Rent((int)waiting.Size);
        Read(waiting, content);
        var (status, failure) = await SendAsync(address, content.AsMemory(0, (int)waiting.Size), cancellation);
        if (status is HttpStatusCode.OK) { ArrayPool<byte>.Shared.Return(content); } // after any other answer the connection may still be reading from it
        if (status is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed) { return null; }

        if (status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError) { addresses.Forget(waiting.Track.Name); } // expired, or the location's credential changed
        return failure;
    }

    /// <returns>What the store answered, if it did, and what to say of it.</returns>
    private async Task<(HttpStatusCode? Status, string Failure)> SendAsync(ObjectAddress address, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(spool.Server, address.Url)) { Content = new ReadOnlyMemoryContent(content) };
            foreach (var (name, value) in address.Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value)) { request.Content.Headers.TryAddWithoutValidation(name, value); }
            }

            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (answer.IsSuccessStatusCode) { return (HttpStatusCode.OK, ""); }

            return (answer.StatusCode, $"the store answered {(int)answer.StatusCode}{(answer.StatusCode == HttpStatusCode.InsufficientStorage ? ": it is full" : "")}");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return (null, failed is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} s" : failed.Message);
        }
    }

    private static void Read(SpooledObject waiting, Span<byte> content)
    {
        try
        {
            waiting.ReadInto(content);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or EndOfStreamException)
        {
            throw new SpoolDamagedException($"'{waiting.Path}' was removed from the spool, cut, or closed to its owner before it was stored.", gone);
        }
    }
}
