using System.Text;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tests.Keys;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Tracks;

/// <summary>What the product writes is read by a reader that was written from FORMAT.md in another language.</summary>
public sealed class IndependentReaderTests(TestKek kek) : IClassFixture<TestKek>, IDisposable
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private readonly TestBucket _bucket = new(kek.Key.PublicKey, Session);

    public void Dispose() => _bucket.Dispose();

    [Fact]
    public async Task It_opens_and_verifies_every_track_from_the_bucket_and_the_key_alone()
    {
        var (code, output) = await ReadAsync();

        Assert.Equal(
            [
                $"{Session} consent 2 segments {_bucket.Consent.Receipt.Length + _bucket.Consent.Countersignature.Length} bytes verified",
                $"{Session} thumbnails 2 segments 10001 bytes verified",
                $"{Session} video 4 segments {_bucket.Video.Sum(segment => segment.Length)} bytes verified",
            ],
            output.Split('\n'));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task What_it_opens_is_what_was_recorded()
    {
        var folder = Directory.CreateTempSubdirectory("plaintext");
        try
        {
            var (code, _) = await ReadAsync("--session", Session.ToString("D"), "--out", folder.FullName);

            byte[] Opened(string name) => File.ReadAllBytes(Path.Combine(folder.FullName, Session.ToString("D"), name));
            Assert.Equal(0, code);
            Assert.Equal(_bucket.Video.SelectMany(segment => segment), Opened("video.mp4"));
            Assert.Equal(_bucket.Thumbnails, [Opened("thumbnails-0.webp"), Opened("thumbnails-1.webp")]);
            Assert.Equal([_bucket.Consent.Receipt, _bucket.Consent.Countersignature], [Encoding.ASCII.GetString(Opened("consent-0.jws")), Encoding.ASCII.GetString(Opened("consent-1.jws"))]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_recovered_track_verifies_under_the_servers_key()
    {
        _bucket.Write(TrackName.Video, _bucket.Consent.Digest, _bucket.Consent.Server, Manifest.ServerWriter, "video/mp4", _bucket.Video, TrackEnd.Recovered);

        Assert.Equal(0, (await ReadAsync()).Code);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_said()
    {
        var (code, output) = await ReadAsync("--session", "01990000-0000-7000-8000-0000000000ff");

        Assert.Equal((1, "there is no session 01990000-0000-7000-8000-0000000000ff"), (code, output));
    }

    /// <summary>What is done to the bucket, and what the reader then says of which track.</summary>
    private static readonly Dictionary<string, (Action<IndependentReaderTests> Change, string Track, string Says)> Changes = new()
    {
        ["a bit of a segment"] = (t => t.Flip(TrackName.Video, "00000001.seal", 70_000), "video", "altered: segment 1 is not the one that was signed"),
        ["a bit of a segment, and no manifest"] = (t => { t.Delete(TrackName.Video, "manifest.jws"); t.Flip(TrackName.Video, "00000001.seal", 70_000); }, "video", "altered: segment 1: chunk 4"),
        ["a cut segment"] = (t => t.Cut(TrackName.Video, "00000001.seal", 1), "video", "altered: segment 1 has"),
        ["a cut segment, and no manifest"] = (t => { t.Delete(TrackName.Video, "manifest.jws"); t.Cut(TrackName.Video, "00000002.seal", 16); }, "video", "altered: segment 2: no segment has"),
        ["exchanged segments"] = (t => t.Exchange(TrackName.Video, "00000001.seal", "00000002.seal"), "video", "altered: segment 1 has"),
        ["exchanged segments, and no manifest"] = (t => { t.Delete(TrackName.Video, "manifest.jws"); t.Exchange(TrackName.Video, "00000001.seal", "00000002.seal"); }, "video", "altered: segment 1 does not open"),
        ["a missing segment"] = (t => t.Delete(TrackName.Video, "00000003.seal"), "video", "altered: segment 3 is missing"),
        ["a missing manifest"] = (t => t.Delete(TrackName.Video, "manifest.jws"), "video", "4 segments 133628 bytes incomplete"),
        ["a missing segment, and no manifest"] = (t => { t.Delete(TrackName.Video, "manifest.jws"); t.Delete(TrackName.Video, "00000002.seal"); }, "video", "3 segments 100860 bytes incomplete (1 missing)"),
        ["a missing key"] = (t => t.Delete(TrackName.Video, "key.json"), "video", "unreadable: key.json is gone"),
        ["a key of another track"] = (t => t.Copy(TrackName.Thumbnails, TrackName.Video, "key.json"), "video", "altered: key.json is of track thumbnails"),
        ["a key wrapped anew for another data key"] = (t => t.WrapAnew(), "video", "altered: segment 0 does not open"),
        ["a key that is named for another KEK"] = (t => t.EditKey("kid", "another"), "video", "unreadable: the key is wrapped for another"),
        ["a wrapped key that was altered"] = (t => t.EditKey("encrypted_key", new string('A', 512)), "video", "unreadable: the wrapped key does not unwrap"),
        ["a key file that names its session twice"] = (t => t.Edit(TrackName.Video, "key.json", text => text.Replace("{\"format\"", "{\"session\":\"x\",\"format\"", StringComparison.Ordinal)), "video", "altered: key.json has the member \"session\" twice"),
        ["a bit of the manifest"] = (t => t.Flip(TrackName.Video, "manifest.jws", 500), "video", "altered: "),
        ["a manifest of another track"] = (t => t.Copy(TrackName.Thumbnails, TrackName.Video, "manifest.jws"), "video", "altered: the manifest is of track thumbnails"),
        ["a manifest without its tail"] = (t => t.Resign(manifest => manifest["segments"]!.AsArray().RemoveAt(3)), "video", "altered: the manifest's chain does not match"),
        ["a manifest that names another consent"] = (t => t.Resign(manifest => manifest["consent"] = new string('A', 43)), "video", "altered: the manifest names another consent"),
        ["a track that a stranger signed"] = (t => t.WriteAsStranger(), "video", "altered: the manifest is signed by"),
        ["a bit of the receipt"] = (t => t.Flip(TrackName.Consent, "00000000.seal", 100), "consent", "altered: segment 0: chunk 0"),
        ["the receipt is gone"] = (t => t.Delete(TrackName.Consent, "00000000.seal"), "video", "unreadable: without the consent nothing opens"),
        ["the consent's key is gone"] = (t => t.Delete(TrackName.Consent, "key.json"), "video", "unreadable: without the consent nothing opens"),
        ["another receipt of the same session"] = (t => t.WriteOtherConsent(), "video", "altered: the manifest names another consent"),
        ["another receipt of the same session, and no manifest"] = (t => { t.Delete(TrackName.Video, "manifest.jws"); t.WriteOtherConsent(); }, "video", "altered: segment 0 does not open"),
        ["a receipt that declines"] = (t => t.WriteConsent(receipt => receipt["decision"] = "decline"), "consent", "altered: the receipt's decision is decline"),
        ["a notice that the receipt does not name"] = (t => t.WriteConsent(receipt => receipt["notice"]!["sha256"] = new string('A', 43)), "consent", "altered: the notice's text"),
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task What_was_changed_is_never_called_verified(string name)
    {
        var (change, track, says) = Changes[name];
        change(this);

        var (code, output) = await ReadAsync();

        Assert.Equal(1, code);
        var line = Assert.Single(output.Split('\n'), line => line.StartsWith($"{Session} {track} ", StringComparison.Ordinal));
        Assert.StartsWith($"{Session} {track} {says}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_moved_to_another_identifier_is_refused()
    {
        var moved = Path.Combine(_bucket.Root, "v1", "01990000-0000-7000-8000-0000000000ab");
        Directory.Move(Path.Combine(_bucket.Root, "v1", Session.ToString("D")), moved);

        var (code, output) = await ReadAsync();

        Assert.Equal(1, code);
        Assert.DoesNotContain("verified", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_kek_opens_nothing()
    {
        using var other = new TestKek();

        var (code, output) = await ReadWithAsync(other.Path);

        Assert.Equal(1, code);
        Assert.All(output.Split('\n'), line => Assert.Contains(" unreadable: ", line, StringComparison.Ordinal));
    }

    private Task<(int Code, string Output)> ReadAsync(params string[] arguments) => ReadWithAsync(kek.Path, arguments);

    private async Task<(int Code, string Output)> ReadWithAsync(string key, params string[] arguments)
    {
        await using var node = ChildProcess.Start("node", [Repository.File("tests/independent-reader/read.mjs"), _bucket.Root, key, .. arguments]);
        var code = await node.WaitForExitAsync(Deadline, TestContext.Current.CancellationToken);
        return (code, node.Output);
    }

    private void Flip(TrackName track, string name, int at)
    {
        var bytes = File.ReadAllBytes(_bucket.PathOf(track, name));
        bytes[at] ^= 1;
        _bucket.Put(track, name, bytes);
    }

    private void Cut(TrackName track, string name, int bytes) => _bucket.Put(track, name, File.ReadAllBytes(_bucket.PathOf(track, name)).AsSpan()[..^bytes]);

    private void Delete(TrackName track, string name) => File.Delete(_bucket.PathOf(track, name));

    private void Copy(TrackName from, TrackName to, string name) => File.Copy(_bucket.PathOf(from, name), _bucket.PathOf(to, name), overwrite: true);

    private void Exchange(TrackName track, string one, string other)
    {
        var (first, second) = (File.ReadAllBytes(_bucket.PathOf(track, one)), File.ReadAllBytes(_bucket.PathOf(track, other)));
        _bucket.Put(track, one, second);
        _bucket.Put(track, other, first);
    }

    private void Edit(TrackName track, string name, Func<string, string> edit) =>
        _bucket.Put(track, name, Encoding.UTF8.GetBytes(edit(File.ReadAllText(_bucket.PathOf(track, name)))));

    private void EditKey(string member, string value) => Edit(TrackName.Video, "key.json", text =>
    {
        var file = JsonNode.Parse(text)!;
        file[member] = value;
        return file.ToJsonString();
    });

    private void WrapAnew()
    {
        using var key = DataKey.Create();
        EditKey("encrypted_key", kek.Key.PublicKey.Wrap(Session, TrackName.Video, key).EncryptedKey);
    }

    private void Resign(Action<JsonObject> change) => Edit(TrackName.Video, "manifest.jws", text =>
    {
        var payload = SignedText.PayloadOf(text);
        change(payload);
        return SignedText.Sign(_bucket.Recorder, Manifest.JwsType, payload);
    });

    private void WriteAsStranger()
    {
        using var stranger = SigningKey.Create();
        _bucket.Write(TrackName.Video, _bucket.Consent.Digest, stranger, Manifest.RecorderWriter, "video/mp4", _bucket.Video);
    }

    private void WriteOtherConsent()
    {
        using var other = new TestConsent(Session);
        WriteConsent(other.Server, other.Receipt, other.Countersignature);
    }

    /// <summary>Signs a changed receipt, countersigns it, and writes the consent track with both.</summary>
    private void WriteConsent(Action<JsonObject> change)
    {
        var payload = _bucket.Consent.Payload();
        change(payload);
        var receipt = _bucket.Consent.SignReceipt(payload);
        var over = _bucket.Consent.Countersign() with { Receipt = System.Buffers.Text.Base64Url.EncodeToString(ConsentReceipt.DigestOf(receipt)) };
        WriteConsent(_bucket.Consent.Server, receipt, over.Sign(_bucket.Consent.Server));
    }

    private void WriteConsent(SigningKey server, string receipt, string countersignature) => _bucket.Write(
        TrackName.Consent, [], server, Manifest.ServerWriter, "application/jose", [Encoding.ASCII.GetBytes(receipt), Encoding.ASCII.GetBytes(countersignature)]);
}
