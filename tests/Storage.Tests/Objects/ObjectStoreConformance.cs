// Longer than 300 lines: the stores' one contract, which each of them inherits as one class.
using System.Net;
using System.Text;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Storage.Tests.Objects;

/// <summary>What every store does, tried on each of them: a folder must never promise what a bucket does not keep.</summary>
public abstract class ObjectStoreConformance : IAsyncLifetime
{
    private const string Track = "v1/019aa000-0000-7000-8000-000000000001/video/";
    private const string Segment = Track + "00000000.seal";
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);
    private static readonly HttpClient Recorder = new();

    /// <summary>An empty store whose upload addresses work.</summary>
    protected IObjectStore Store { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<IObjectStore> OpenAsync();

    /// <summary>A store whose bucket does not exist.</summary>
    protected abstract IObjectStore OpenMissing();

    /// <summary>Begins an upload and leaves it, as a crash does.</summary>
    protected abstract Task BeginUploadAsync(string name);

    public virtual async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        (Store as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_object_is_read_back_whole_and_in_ranges()
    {
        var content = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31)).ToArray();

        Assert.True(await Store.PutOnceAsync(Segment, content, Cancellation));

        Assert.Equal(content, await Store.GetAsync(Segment, content.Length, Cancellation));
        Assert.Equal(content[..1], await Store.GetRangeAsync(Segment, 0, 1, Cancellation));
        Assert.Equal(content[500..70_500], await Store.GetRangeAsync(Segment, 500, 70_000, Cancellation));
        Assert.Equal(content[99_990..], await Store.GetRangeAsync(Segment, 99_990, 1000, Cancellation));
        Assert.Equal(Array.Empty<byte>(), await Store.GetRangeAsync(Segment, 100_000, 10, Cancellation));
        Assert.Equal(Array.Empty<byte>(), await Store.GetRangeAsync(Segment, 5, 0, Cancellation));
        var found = await Store.FindAsync(Segment, Cancellation);
        Assert.Equal((Segment, 100_000L), (found!.Name, found.Size));
        Assert.InRange(found.ModifiedAt, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        Assert.True(await Store.PutOnceAsync(Segment, ReadOnlyMemory<byte>.Empty, Cancellation));

        Assert.Equal(Array.Empty<byte>(), await Store.GetAsync(Segment, 0, Cancellation));
        Assert.Equal(0, (await Store.FindAsync(Segment, Cancellation))!.Size);
    }

    [Fact]
    public async Task What_is_absent_is_null_and_what_is_beyond_the_limit_is_refused()
    {
        await Store.PutOnceAsync(Segment, Bytes("eleven byte"), Cancellation);

        Assert.Null(await Store.GetAsync(Track + "00000001.seal", 100, Cancellation));
        Assert.Null(await Store.GetRangeAsync(Track + "00000001.seal", 0, 10, Cancellation));
        Assert.Null(await Store.GetRangeAsync(Track + "00000001.seal", 0, 0, Cancellation));
        Assert.Null(await Store.FindAsync(Track + "00000001.seal", Cancellation));
        Assert.Null(await Store.FindAsync("v1", Cancellation));
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.GetAsync(Segment, 10, Cancellation));
        Assert.Equal(ObjectStoreFault.TooLarge, refused.Fault);
        Assert.Contains(Segment, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_exists_is_not_overwritten()
    {
        await Store.PutOnceAsync(Segment, Bytes("first"), Cancellation);

        Assert.False(await Store.PutOnceAsync(Segment, Bytes("second"), Cancellation));

        Assert.Equal("first", await TextAsync(Segment));
    }

    [Fact]
    public async Task An_object_is_replaced_only_by_who_knows_what_it_is()
    {
        await Store.PutOnceAsync("v1/s/video/key.json", Bytes("old"), Cancellation);

        Assert.False(await Store.ReplaceAsync("v1/s/video/key.json", Bytes("odd"), Bytes("new"), Cancellation));
        Assert.False(await Store.ReplaceAsync("v1/s/video/key.json", Bytes("older"), Bytes("new"), Cancellation));
        Assert.False(await Store.ReplaceAsync("v1/s/chat/key.json", Bytes("old"), Bytes("new"), Cancellation));
        Assert.Equal("old", await TextAsync("v1/s/video/key.json"));
        Assert.Null(await TextAsync("v1/s/chat/key.json"));

        Assert.True(await Store.ReplaceAsync("v1/s/video/key.json", Bytes("old"), Bytes("something new"), Cancellation));
        Assert.Equal("something new", await TextAsync("v1/s/video/key.json"));
        Assert.Equal(["v1/s/video/key.json"], await NamesAsync(""));
    }

    [Fact]
    public async Task Of_many_writers_of_one_object_exactly_one_wins()
    {
        var writers = Enumerable.Range(0, 16).Select(i => Bytes($"writer {i}")).ToList();

        var won = await Task.WhenAll(writers.Select(content => Store.PutOnceAsync(Segment, content, Cancellation)));

        Assert.Equal(1, won.Count(result => result));
        Assert.Equal(writers[Array.IndexOf(won, true)], await Store.GetAsync(Segment, 100, Cancellation));
    }

    [Fact]
    public async Task Objects_are_listed_by_whole_names_from_anywhere()
    {
        string[] names = ["v1/a-b/x/key.json", "v1/a/x/00000000.seal", "v1/a/x/00000001.seal", "v1/a/y/key.json", "v1/a0/x/key.json", "v2/a/x/key.json"];
        foreach (var name in names.Reverse()) { await Store.PutOnceAsync(name, Bytes(name), Cancellation); }

        Assert.Equal(names, await NamesAsync(""));
        Assert.Equal(names[..5], await NamesAsync("v1/"));
        Assert.Equal(names[1..4], await NamesAsync("v1/a/"));
        Assert.Equal(names[..5], await NamesAsync("v1/a"));
        Assert.Equal(names[3..], await NamesAsync("", names[2]));
        Assert.Equal(names[1..], await NamesAsync("", "v1/a-c"));
        Assert.Equal(names[4..5], await NamesAsync("v1/", "v1/a/z"));
        Assert.Empty(await NamesAsync("v3"));
        var listed = await Store.ListAsync("v1/a/y", null, Cancellation).SingleAsync(Cancellation);
        Assert.Equal((long)names[3].Length, listed.Size);
    }

    [Fact]
    public async Task Lists_versions_and_deletes_go_beyond_one_page()
    {
        var names = Enumerable.Range(0, 1050).Select(i => Track + $"{i:D8}.seal").ToList();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation },
            async (name, cancellation) => await Store.PutOnceAsync(name, Bytes(name), cancellation));

        Assert.Equal(names, await NamesAsync(Track));
        Assert.Equal(names[1040..], await NamesAsync(Track, names[1039]));
        var versions = await Store.ListVersionsAsync(Track, Cancellation).ToListAsync(Cancellation);
        Assert.Equal(names, versions.Select(version => version.Name));

        Assert.Empty(await Store.DeleteAsync(versions, Cancellation));

        Assert.Empty(await NamesAsync(""));
        Assert.Empty(await Store.ListVersionsAsync("", Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Deleting_removes_what_is_named_and_nothing_else_and_twice_is_no_error()
    {
        await Store.PutOnceAsync(Segment, Bytes("goes"), Cancellation);
        await Store.PutOnceAsync(Track + "key.json", Bytes("stays"), Cancellation);
        var versions = await Store.ListVersionsAsync(Segment, Cancellation).ToListAsync(Cancellation);

        Assert.Empty(await Store.DeleteAsync(versions, Cancellation));
        Assert.Empty(await Store.DeleteAsync(versions, Cancellation));
        Assert.Empty(await Store.DeleteAsync([], Cancellation));

        Assert.Equal([Track + "key.json"], await NamesAsync(""));
        Assert.True(await Store.PutOnceAsync(Segment, Bytes("again"), Cancellation));
    }

    [Fact]
    public async Task An_upload_address_works_once_and_never_overwrites()
    {
        var address = Store.PresignPut(Segment, Validity);

        var first = await PutAsync(address, "first");
        var second = await PutAsync(address, "second");

        Assert.Equal(HttpStatusCode.OK, first);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second);
        Assert.Equal("first", await TextAsync(Segment));
        Assert.InRange(address.ExpiresAt, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow() + Validity);
    }

    [Fact]
    public async Task An_upload_address_is_for_its_object_its_method_and_its_time_alone()
    {
        var address = Store.PresignPut(Segment, Validity);
        var other = Replace(address, "00000000.seal", "00000001.seal");
        var dots = Replace(address, "video/00000000.seal", "video/x/../00000000.seal");
        var longer = Replace(address, "xpires=", "xpires=9");
        using var deletion = new HttpRequestMessage(HttpMethod.Delete, address.Url);
        foreach (var (header, value) in address.Headers) { deletion.Headers.TryAddWithoutValidation(header, value); }

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(other, "x"));
        Assert.Contains(await PutAsync(longer, "x"), new[] { HttpStatusCode.Forbidden, HttpStatusCode.BadRequest });
        Assert.NotEqual(HttpStatusCode.OK, await PutAsync(Replace(address, "ignature=", "ignature=0"), "x"));
        using var deleted = await Recorder.SendAsync(deletion, Cancellation);
        Assert.False(deleted.IsSuccessStatusCode);
        Assert.Empty(await NamesAsync(""));

        // the client itself resolves the dots, so this is the address as it was made
        Assert.Equal(HttpStatusCode.OK, await PutAsync(dots, "x"));
        Assert.Equal([Segment], await NamesAsync(""));
    }

    [Fact]
    public async Task An_upload_without_the_headers_of_its_address_is_refused()
    {
        var address = Store.PresignPut(Segment, Validity);

        Assert.NotEmpty(address.Headers);
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(address with { Headers = new Dictionary<string, string>() }, "x"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(address with { Headers = new Dictionary<string, string> { ["If-None-Match"] = "\"other\"" } }, "x"));
        Assert.Empty(await NamesAsync(""));
    }

    [Fact]
    public async Task An_upload_address_expires()
    {
        var address = Store.PresignPut(Segment, TimeSpan.FromSeconds(1));
        while (TimeProvider.System.GetUtcNow() < address.ExpiresAt.AddSeconds(1)) { await Task.Delay(50, Cancellation); }

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(address, "late"));
        Assert.Empty(await NamesAsync(""));
    }

    [Fact]
    public async Task A_body_that_is_cut_off_leaves_nothing_and_the_address_still_works()
    {
        var address = Store.PresignPut(Segment, Validity);
        using var request = Put(address, new CutContent(announced: 1_000_000, sent: 400_000));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Recorder.SendAsync(request, Cancellation));

        Assert.Equal(HttpStatusCode.OK, await PutAsync(address, "whole"));
        Assert.Equal("whole", await TextAsync(Segment));
        Assert.Equal([Segment], await NamesAsync(""));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 * 24 * 3600)]
    public void An_upload_address_lasts_a_second_to_a_week(int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Store.PresignPut(Segment, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public async Task Uploads_that_were_left_are_found_and_thrown_away()
    {
        await BeginUploadAsync(Segment);
        await BeginUploadAsync("v1/other/key.json");

        var left = await Store.ListUnfinishedUploadsAsync("v1/0", Cancellation).ToListAsync(Cancellation);
        Assert.Equal([Segment], left.Select(upload => upload.Name));
        Assert.InRange(left[0].BegunAt, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
        Assert.Empty(await NamesAsync(""));

        await Store.AbortAsync(left[0], Cancellation);
        await Store.AbortAsync(left[0], Cancellation);

        Assert.Equal(["v1/other/key.json"], (await Store.ListUnfinishedUploadsAsync("", Cancellation).ToListAsync(Cancellation)).Select(upload => upload.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("v1/../../outside")]
    [InlineData("v1/./key.json")]
    [InlineData("v1//key.json")]
    [InlineData("v1/")]
    [InlineData(".incoming/x")]
    [InlineData("v1/.hidden")]
    [InlineData("v1/key.")]
    [InlineData("V1/KEY.json")]
    [InlineData("v1\\key.json")]
    [InlineData("v1/k\0")]
    [InlineData("v1/ü")]
    [InlineData("c:/key.json")]
    [InlineData("v1/a~b")]
    public async Task A_name_that_is_not_an_object_name_is_refused_everywhere(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutOnceAsync(name, Bytes("x"), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.GetAsync(name, 10, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.GetRangeAsync(name, 0, 1, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(name, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync([new(name, "null", false, 0)], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AbortAsync(new(name, new string('0', 32), default), Cancellation));
        Assert.Throws<ArgumentException>(() => Store.PresignPut(name, Validity));
        if (name is not ("" or "v1/" or "v1/key.")) // names begin like these
        {
            await Assert.ThrowsAsync<ArgumentException>(() => NamesAsync(name));
        }
    }

    [Fact]
    public async Task A_missing_bucket_is_said_to_be_missing()
    {
        var store = OpenMissing();
        Task[] tries =
        [
            store.PutOnceAsync(Segment, Bytes("x"), Cancellation),
            store.GetAsync(Segment, 10, Cancellation),
            store.GetRangeAsync(Segment, 0, 1, Cancellation),
            store.FindAsync(Segment, Cancellation),
            store.ListAsync("", null, Cancellation).ToListAsync(Cancellation).AsTask(),
            store.ListVersionsAsync("", Cancellation).ToListAsync(Cancellation).AsTask(),
            store.ListUnfinishedUploadsAsync("", Cancellation).ToListAsync(Cancellation).AsTask(),
            store.DeleteAsync([new(Segment, "null", false, 0)], Cancellation),
            store.ProbeStrangerAsync(Cancellation),
        ];

        foreach (var attempt in tries)
        {
            var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => attempt);
            Assert.Equal(ObjectStoreFault.BucketMissing, failure.Fault);
        }
    }

    [Fact]
    public async Task Provisioning_makes_a_private_store_and_says_what_it_did()
    {
        var store = OpenMissing();

        var report = await store.ProvisionAsync(Cancellation);
        var again = await store.ProvisionAsync(Cancellation);

        Assert.True(report.Created);
        Assert.False(again.Created);
        Assert.All(report.Steps, step => Assert.NotEqual("", step.Detail));
        Assert.Subset(report.Steps.Where(step => step.Done).Select(step => step.Measure).ToHashSet(), new HashSet<string> { "bucket", "private", "put-once" });
        Assert.Equal(StrangerVerdict.Private, (await store.ProbeStrangerAsync(Cancellation)).Verdict);
        Assert.True(await store.PutOnceAsync(Segment, Bytes("recorded"), Cancellation));
        (store as IDisposable)?.Dispose();
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static UploadAddress Replace(UploadAddress address, string old, string replacement) =>
        address with { Url = new Uri(address.Url.AbsoluteUri.Replace(old, replacement, StringComparison.Ordinal)) };

    protected static HttpRequestMessage Put(UploadAddress address, HttpContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, address.Url) { Content = body };
        foreach (var (header, value) in address.Headers) { request.Headers.TryAddWithoutValidation(header, value); }

        return request;
    }

    protected static async Task<HttpStatusCode> PutAsync(UploadAddress address, string body)
    {
        using var request = Put(address, new ByteArrayContent(Bytes(body)));
        using var answer = await Recorder.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    protected async Task<string?> TextAsync(string name) => await Store.GetAsync(name, 1 << 20, Cancellation) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    protected async Task<IReadOnlyList<string>> NamesAsync(string prefix, string? startAfter = null) =>
        await Store.ListAsync(prefix, startAfter, Cancellation).Select(found => found.Name).ToListAsync(Cancellation);

    /// <summary>Announces more bytes than it sends, and breaks the connection in between.</summary>
    private sealed class CutContent(int announced, int sent) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[sent]);
            await stream.FlushAsync();
            throw new IOException("cut here");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = announced;
            return true;
        }
    }
}
