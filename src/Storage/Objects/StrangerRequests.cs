using System.Net;
using System.Net.Http.Headers;

namespace SecureRecorder.Storage.Objects;

/// <summary>Asks a bucket for everything that a stranger could want, without a credential: bare, and again with headers that one may put on.</summary>
internal static class StrangerRequests
{
    /// <summary>Bytes of an answer that are looked at.</summary>
    private const int LookAt = 64 << 10;

    /// <param name="client">Sends no credentials and follows no redirects.</param>
    /// <param name="bucket">The bucket's address, without a slash at its end.</param>
    /// <param name="key">An object that exists.</param>
    /// <param name="content">What that object holds.</param>
    /// <param name="absent">An object that does not exist: a stranger tries to write it, and to delete it.</param>
    /// <param name="disguises">Headers to put on, besides none.</param>
    public static async Task<IReadOnlyList<StrangerAnswer>> RunAsync(
        HttpClient client, string bucket, string key, ReadOnlyMemory<byte> content, string absent, IReadOnlyList<Disguise> disguises, CancellationToken cancellation)
    {
        var answers = new List<StrangerAnswer>();
        foreach (var disguise in disguises.Prepend(new Disguise(null, null, null)))
        {
            answers.Add(await AskAsync(HttpMethod.Get, "?list-type=2&max-keys=1", StrangerAction.List, "<ListBucketResult"u8.ToArray()));
            answers.Add(await AskAsync(HttpMethod.Get, "?versions&max-keys=1", StrangerAction.List, "<ListVersionsResult"u8.ToArray()));
            answers.Add(await AskAsync(HttpMethod.Get, "?uploads&max-uploads=1", StrangerAction.List, "<ListMultipartUploadsResult"u8.ToArray()));
            answers.Add(await AskAsync(HttpMethod.Get, "/" + key, StrangerAction.Read, content));
            answers.Add(await AskAsync(HttpMethod.Put, "/" + absent, StrangerAction.Write, default));
            answers.Add(await AskAsync(HttpMethod.Delete, "/" + absent, StrangerAction.Write, default));

            Task<StrangerAnswer> AskAsync(HttpMethod method, string what, StrangerAction action, ReadOnlyMemory<byte> expected) =>
                OneAsync(client, method, bucket + what, $"{method} {what}", action, expected, disguise, cancellation);
        }

        return answers;
    }

    /// <summary>Asks for one object, of which nothing but its name is known: any success is public.</summary>
    /// <param name="bucket">The bucket's address, without a slash at its end.</param>
    public static Task<StrangerAnswer> ReadAsync(HttpClient client, string bucket, string key, CancellationToken cancellation) =>
        OneAsync(client, HttpMethod.Head, $"{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}", $"HEAD /{key}", StrangerAction.Read, default, new(null, null, null), cancellation);

    private static async Task<StrangerAnswer> OneAsync(
        HttpClient client, HttpMethod method, string address, string what, StrangerAction action, ReadOnlyMemory<byte> expected, Disguise disguise, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        disguise.PutOn(request.Headers);
        if (method == HttpMethod.Put) { request.Content = new ByteArrayContent([]); }
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var verdict = answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => StrangerVerdict.Private,
                _ when !answer.IsSuccessStatusCode => StrangerVerdict.Unknown,
                _ when expected.IsEmpty || await HoldsAsync(answer, expected, cancellation) => StrangerVerdict.Public,
                _ => StrangerVerdict.Unknown,
            };
            return new(action, verdict, $"{what}{disguise} → {(int)answer.StatusCode}");
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is HttpRequestException or OperationCanceledException or IOException)
        {
            return new(action, StrangerVerdict.Unknown, $"{what}{disguise} → no answer ({failure.GetBaseException().Message})");
        }
    }

    private static async Task<bool> HoldsAsync(HttpResponseMessage answer, ReadOnlyMemory<byte> expected, CancellationToken cancellation)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[LookAt];
        return bytes.AsSpan(0, await body.ReadAtLeastAsync(bytes, LookAt, throwOnEndOfStream: false, cancellation)).IndexOf(expected.Span) >= 0;
    }
}

/// <summary>Headers that anybody may send.</summary>
/// <param name="Address">As <c>X-Forwarded-For</c> and <c>X-Real-IP</c>.</param>
/// <param name="Referer">The page that one claims to come from.</param>
/// <param name="Agent">The program that one claims to be.</param>
public sealed record Disguise(string? Address, string? Referer, string? Agent)
{
    public override string ToString() => this is { Address: null, Referer: null, Agent: null } ? "" : $" (as {string.Join(", ", new[] { Address, Referer, Agent }.OfType<string>())})";

    internal void PutOn(HttpRequestHeaders headers)
    {
        if (Address is not null) { headers.TryAddWithoutValidation("X-Forwarded-For", Address); headers.TryAddWithoutValidation("X-Real-IP", Address); }
        if (Referer is not null) { headers.TryAddWithoutValidation("Referer", Referer); }
        if (Agent is not null) { headers.TryAddWithoutValidation("User-Agent", Agent); }
    }
}

/// <summary>What a stranger wanted.</summary>
public enum StrangerAction
{
    List,
    Read,
    Write,
}

/// <summary>What a stranger got.</summary>
/// <param name="Detail">What was asked, and the answer.</param>
public sealed record StrangerAnswer(StrangerAction Action, StrangerVerdict Verdict, string Detail);
