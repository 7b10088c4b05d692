using System.Net;

namespace SecureRecorder.Storage.Objects;

/// <summary>Asks a bucket for its list and for one object without any credential, as a stranger who knows its name would.</summary>
/// <remarks>Any clear success is public. Only two clear refusals are private; whatever else comes is unknown.</remarks>
internal static class StrangerProbe
{
    /// <summary>Bytes of an answer that are looked at.</summary>
    private const int LookAt = 64 << 10;

    /// <param name="client">Sends no credentials and follows no redirects.</param>
    /// <param name="key">An object that exists.</param>
    /// <param name="content">What that object holds.</param>
    public static async Task<StrangerFinding> RunAsync(
        HttpClient client, Uri endpoint, string bucket, string key, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var list = await AskAsync(client, new Uri(endpoint, $"{bucket}?list-type=2&max-keys=1"), "list", LooksLikeAList, cancellation);
        var read = await AskAsync(client, new Uri(endpoint, $"{bucket}/{key}"), $"read of '{key}'", body => body.SequenceEqual(content.Span), cancellation);
        var worst = list.Verdict == StrangerVerdict.Public || read.Verdict == StrangerVerdict.Public ? StrangerVerdict.Public
            : list.Verdict == StrangerVerdict.Private && read.Verdict == StrangerVerdict.Private ? StrangerVerdict.Private
            : StrangerVerdict.Unknown;
        return new(worst, $"Without a credential: {list.Detail}; {read.Detail}.");
    }

    private delegate bool Recognizes(ReadOnlySpan<byte> body);

    private static async Task<StrangerFinding> AskAsync(HttpClient client, Uri address, string what, Recognizes recognizes, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var verdict = answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => StrangerVerdict.Private,
                HttpStatusCode.OK when recognizes(await ReadAsync(answer, cancellation)) => StrangerVerdict.Public,
                _ => StrangerVerdict.Unknown,
            };
            return new(verdict, $"{what} → {(int)answer.StatusCode}{(verdict == StrangerVerdict.Unknown ? " (says nothing)" : "")}");
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is HttpRequestException or OperationCanceledException or IOException)
        {
            return new(StrangerVerdict.Unknown, $"{what} → no answer ({failure.GetBaseException().Message})");
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[LookAt];
        return bytes[..await body.ReadAtLeastAsync(bytes, LookAt, throwOnEndOfStream: false, cancellation)];
    }

    private static bool LooksLikeAList(ReadOnlySpan<byte> body) => body.IndexOf("<ListBucketResult"u8) >= 0;
}
