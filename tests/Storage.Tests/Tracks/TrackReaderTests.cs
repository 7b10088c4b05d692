using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Tracks;

/// <summary>Unreadable, incomplete and altered are told apart, and nothing altered is ever returned.</summary>
public sealed class TrackReaderTests : IAsyncLifetime
{
    private static readonly byte[][] Plaintext = [[1, 2, 3], new byte[40_000], [7], new byte[16_384]];
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await session.WriteTrackAsync(TrackName.Video, manifest: true, Plaintext);
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_whole_track_opens_and_verifies()
    {
        using var track = await OpenAsync();
        for (var i = 0; i < Plaintext.Length; i++) { Assert.Equal(Plaintext[i], await track.ReadAsync(i, default)); }

        var verification = await track.VerifyAsync(null, default);
        Assert.Equal(TrackStatus.Verified, verification.Status);
        Assert.Equal(Plaintext.Length, verification.Segments);
    }

    [Fact]
    public async Task A_stretch_of_a_segment_opens_by_its_chunks()
    {
        using var track = await OpenAsync();
        Assert.Equal(Plaintext[1][17_000..18_000], await track.ReadRangeAsync(1, 17_000, 1_000, default));
    }

    [Fact]
    public async Task Without_its_key_a_track_is_unreadable()
    {
        File.Delete(session.FileOf(TrackName.Video, TrackObjects.KeyFile));
        var refused = await Assert.ThrowsAsync<TrackUnreadableException>(() => OpenAsync());
        Assert.Contains("'video'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_another_KEK_a_track_is_unreadable_and_both_keys_are_named()
    {
        using var other = LocalKeyFile.OpenOrCreate(Path.Combine(session.Folder, "other", "kek.pem"));
        var refused = await Assert.ThrowsAsync<TrackUnreadableException>(() =>
            new TrackReader(session.Store, other).OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, default));
        Assert.Contains(other.PublicKey.Kid, refused.Message, StringComparison.Ordinal);
        Assert.Contains(session.Kek.PublicKey.Kid, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_receipt_nothing_of_a_session_opens()
    {
        File.Delete(session.FileOf(TrackName.Consent, TrackObjects.SegmentName(0)));
        await Assert.ThrowsAsync<TrackUnreadableException>(() => session.Reader.ReadConsentAsync(session.Id, default));
    }

    [Fact]
    public async Task Without_a_manifest_a_track_is_incomplete_and_its_committed_segments_open()
    {
        var committed = await session.WriteTrackAsync(TrackName.Events, manifest: false, [1], [2]);
        using var track = await session.Reader.OpenAsync(session.Id, TrackName.Events, session.ConsentDigest, null, committed, default);
        Assert.Equal([2], await track.ReadAsync(1, default));
        Assert.Equal(TrackStatus.Incomplete, (await track.VerifyAsync(null, default)).Status);
    }

    [Fact]
    public async Task A_changed_segment_is_altered_and_is_named_and_the_others_still_open()
    {
        await session.DamageAsync(TrackName.Video, TrackObjects.SegmentName(1), content => [.. content[..^1], (byte)(content[^1] ^ 1)]);
        using var track = await OpenAsync();
        var refused = await Assert.ThrowsAsync<TrackAlteredException>(() => track.ReadAsync(1, default));
        Assert.Contains("Segment 1 of track 'video'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Plaintext[2], await track.ReadAsync(2, default));

        var verification = await track.VerifyAsync(null, default);
        Assert.Equal(TrackStatus.Altered, verification.Status);
        Assert.Single(verification.Findings);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("grown")]
    [InlineData("empty")]
    [InlineData("missing")]
    public async Task A_segment_that_is_not_as_long_as_was_signed_is_altered(string how)
    {
        var name = TrackObjects.SegmentName(1);
        if (how == "missing") { File.Delete(session.FileOf(TrackName.Video, name)); }
        else { await session.DamageAsync(TrackName.Video, name, content => how switch { "cut" => content[..^5], "grown" => [.. content, 0], _ => [] }); }

        using var track = await OpenAsync();
        await Assert.ThrowsAsync<TrackAlteredException>(() => track.ReadAsync(1, default));
    }

    [Fact]
    public async Task Two_segments_that_were_exchanged_are_altered()
    {
        var (one, three) = (session.FileOf(TrackName.Video, TrackObjects.SegmentName(1)), session.FileOf(TrackName.Video, TrackObjects.SegmentName(3)));
        var (first, second) = (await File.ReadAllBytesAsync(one), await File.ReadAllBytesAsync(three));
        await session.DamageAsync(TrackName.Video, TrackObjects.SegmentName(1), _ => second);
        await session.DamageAsync(TrackName.Video, TrackObjects.SegmentName(3), _ => first);
        using var track = await OpenAsync();
        Assert.Equal(2, (await track.VerifyAsync(null, default)).Findings.Count);
    }

    [Fact]
    public async Task A_manifest_of_another_session_is_altered()
    {
        using var other = await WrittenSession.CreateAsync();
        await other.WriteTrackAsync(TrackName.Video, manifest: true, Plaintext);
        var theirs = await File.ReadAllBytesAsync(other.FileOf(TrackName.Video, TrackObjects.Manifest));
        await session.DamageAsync(TrackName.Video, TrackObjects.Manifest, _ => theirs);
        await Assert.ThrowsAsync<TrackAlteredException>(() => OpenAsync());
    }

    [Fact]
    public async Task A_manifest_signed_by_a_stranger_is_altered_where_the_signers_are_known()
    {
        // Whoever can write to the bucket can cut the tail and sign what is left with a key of their own.
        using var stranger = SigningKey.Create();
        await session.DamageAsync(TrackName.Video, TrackObjects.Manifest, content =>
        {
            var (manifest, _) = Manifest.Verify(System.Text.Encoding.ASCII.GetString(content), session.Id, TrackName.Video);
            return System.Text.Encoding.ASCII.GetBytes(Manifest.Of(
                session.Id, TrackName.Video, manifest.Writer, manifest.Region, manifest.MediaType, session.ConsentDigest,
                manifest.StartedAt, manifest.EndedAt, manifest.End, [.. manifest.Segments.Take(2)], []).Sign(stranger));
        });
        await Assert.ThrowsAsync<TrackAlteredException>(() => OpenAsync());
    }

    [Fact]
    public async Task A_changed_key_file_is_refused()
    {
        await session.DamageAsync(TrackName.Video, TrackObjects.KeyFile, _ => "{}"u8.ToArray());
        await Assert.ThrowsAsync<TrackAlteredException>(() => OpenAsync());
    }

    [Fact]
    public async Task The_key_file_of_another_track_is_refused()
    {
        await session.WriteTrackAsync(TrackName.Thumbnails, manifest: true, [1]);
        var theirs = await File.ReadAllBytesAsync(session.FileOf(TrackName.Thumbnails, TrackObjects.KeyFile));
        await session.DamageAsync(TrackName.Video, TrackObjects.KeyFile, _ => theirs);
        await Assert.ThrowsAsync<TrackAlteredException>(() => OpenAsync());
    }

    [Fact]
    public async Task A_track_does_not_open_under_another_consent()
    {
        var refused = await Assert.ThrowsAsync<TrackAlteredException>(() =>
            session.Reader.OpenAsync(session.Id, TrackName.Video, new byte[32], null, null, default));
        Assert.Contains("consent", refused.Message, StringComparison.Ordinal);
    }

    private Task<OpenTrack> OpenAsync() => session.Reader.OpenAsync(
        session.Id, TrackName.Video, session.ConsentDigest, [session.RecorderKey.Public.Thumbprint, session.ServerKey.Public.Thumbprint], null, default);
}
