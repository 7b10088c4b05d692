using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>kill -9 of the server at each step of a purge, on a real S3 server: started again, it always ends the same.</summary>
public sealed class KilledPurgeTests(S3Server s3)
{
    private const int Few = 4;
    private const int MoreThanABatch = 1050;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_any_step_of_a_purge_the_server_ends_it_the_same_way()
    {
        var bucket = S3Server.NewBucketName();
        await using var proxy = StoppingProxy.Before(s3.Endpoint);
        var settings = s3.Location(bucket).ToDictionary();
        settings["Location__Endpoint"] = proxy.Endpoint.ToString();
        await using var server = await AdminServer.StartAsync(settings);
        await KillAsync(server);
        await s3.Owner.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancellation);

        List<(string Step, Guid Session, Counted Counted)> purges = [];
        foreach (var (name, segments, step) in Steps)
        {
            var session = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
            purges.Add((name, session, await RecordAsync(server, bucket, session, segments)));
            var stop = step(session);
            proxy.Arm(stop);
            await server.StartAgainAsync();
            await WaitAsync(stop.Reached, $"The purge never came to this step: {name}.", server);
            await KillAsync(server);
            proxy.Disarm();
            Assert.NotEqual(SessionState.Purged, (await SessionAsync(server, session)).State);
        }

        await server.StartAgainAsync();
        await Eventually.CompleteAsync(async () => (await Task.WhenAll(purges.Select(purge => SessionAsync(server, purge.Session)))).All(s => s.State == SessionState.Purged) ? null : $"Not all of them were purged.\n{server.Process.Output}", every: 500);
        foreach (var (step, session, counted) in purges) { await SameEndAsync(server, bucket, step, session, counted); }
        using (var last = await s3.Owner.GetObjectAsync(bucket, DeletionCertificate.ObjectName(purges[^1].Session), Cancellation))
        {
            var file = Path.Combine(server.Temporary, "certificate.jws");
            await last.WriteResponseStreamToFileAsync(file, append: false, Cancellation);
            await using var verify = server.Run("certificate", "verify", file);
            Assert.True(await verify.WaitForExitAsync(Eventually.Limit) == 0, verify.Output);
        }

        await using var audit = server.Run("audit", "verify");
        Assert.True(await audit.WaitForExitAsync(Eventually.Limit) == 0, audit.Output);
    }

    /// <summary>Where it is killed; what the session holds; and how that request is known.</summary>
    private static IReadOnlyList<(string Name, int Segments, Func<Guid, StopAt> Step)> Steps { get; } =
    [
        ("begun, and no key looked for yet", Few, s => new((line, _) => IsListing(line, $"v1/{s}/consent/key.json"))),
        ("the keys known, and none destroyed", Few, s => new((line, body) => IsDelete(line) && body.Contains($"v1/{s}/video/key.json", StringComparison.Ordinal))),
        ("the keys destroyed, and that not known", Few, s => new((line, body) => IsDelete(line) && body.Contains($"v1/{s}/video/key.json", StringComparison.Ordinal), Afterwards: true)),
        ("before the rest is listed", Few, s => new((line, _) => IsListing(line, $"v1/{s}/"))),
        ("listed, and nothing deleted", Few, s => new((line, body) => IsDelete(line) && body.Contains($"v1/{s}/video/0", StringComparison.Ordinal))),
        ("everything deleted, and that not known", Few, s => new((line, body) => IsDelete(line) && body.Contains($"v1/{s}/video/0", StringComparison.Ordinal), Afterwards: true)),
        ("the first of two batches deleted", MoreThanABatch, s => new((line, body) => IsDelete(line) && body.Contains($"v1/{s}/video/0", StringComparison.Ordinal), Number: 2)),
        ("before the unfinished uploads are thrown away", Few, s => new((line, _) => line.StartsWith("DELETE ", StringComparison.Ordinal) && line.Contains($"v1/{s}/", StringComparison.Ordinal) && line.Contains("uploadId", StringComparison.Ordinal))),
        ("before it is listed again", Few, s => new((line, _) => IsListing(line, $"v1/{s}/"), Number: 2)),
        ("before the certificate", Few, s => new((line, _) => line.StartsWith("PUT ", StringComparison.Ordinal) && line.Contains($"certificates/{s}.jws", StringComparison.Ordinal))),
        ("the certificate in the bucket, and that not known", Few, s => new((line, _) => line.StartsWith("PUT ", StringComparison.Ordinal) && line.Contains($"certificates/{s}.jws", StringComparison.Ordinal), Afterwards: true)),
    ];

    private static bool IsListing(string line, string prefix) => line.StartsWith("GET ", StringComparison.Ordinal) && line.Contains("versions", StringComparison.Ordinal)
        && Uri.UnescapeDataString(line).Split('?', '&', ' ').Contains($"prefix={prefix}", StringComparer.Ordinal);

    private static bool IsDelete(string line) => line.StartsWith("POST ", StringComparison.Ordinal) && line.Contains("?delete", StringComparison.Ordinal);

    /// <summary>Bucket empty, certificate right, one tombstone, one row in the audit trail, as if nothing had happened.</summary>
    private async Task SameEndAsync(AdminServer server, string bucket, string step, Guid session, Counted counted)
    {
        var left = await s3.Owner.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket, Prefix = $"v1/{session}/" }, Cancellation);
        Assert.True(left.Versions is null or { Count: 0 }, step);
        var uploads = await s3.Owner.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket, Prefix = $"v1/{session}/" }, Cancellation);
        Assert.True(uploads.MultipartUploads is null or { Count: 0 }, step);

        using var stored = await s3.Owner.GetObjectAsync(bucket, DeletionCertificate.ObjectName(session), Cancellation);
        var text = await new StreamReader(stored.ResponseStream).ReadToEndAsync(Cancellation);
        var (certificate, signer) = DeletionCertificate.Verify(text, session);
        using var key = SigningKey.FromPem(await File.ReadAllTextAsync(Path.Combine(server.Data, "keys", "server.pem"), Cancellation));
        Assert.Equal(key.Public.Thumbprint, signer.Thumbprint);
        Assert.Equal((step, counted), (step, new Counted(certificate.Deleted!.Objects, certificate.Deleted.Versions, certificate.Deleted.DeleteMarkers, certificate.Deleted.Uploads)));
        await using var catalogue = Open(server);
        var tombstone = await catalogue.Sessions.Include(s => s.Tracks).SingleAsync(s => s.Id == session, Cancellation);
        Assert.Equal((step, null, 0), (step, tombstone.Ticket, tombstone.Tracks.Count));
        Assert.Equal(text, (await catalogue.Purges.SingleAsync(p => p.Session == session, Cancellation)).Certificate);
        var actions = await catalogue.Audit.Where(a => a.Session == session).OrderBy(a => a.Id).Select(a => a.Action).ToListAsync(Cancellation);
        Assert.Equal(["session.purge", "session.purged"], actions);
    }

    /// <summary>A session whose time is over: two tracks, one object overwritten, one deleted by hand, one upload unfinished.</summary>
    private async Task<Counted> RecordAsync(AdminServer server, string bucket, Guid session, int segments)
    {
        var over = TimeProvider.System.GetUtcNow().AddDays(-2);
        await using (var catalogue = Open(server))
        {
            catalogue.Sessions.Add(new()
            {
                Id = session, Technician = "tina", CreatedAt = over.AddHours(-1), CodeExpiresAt = over, Region = s3.Region, State = SessionState.Recorded, Ticket = "Ticket 4711", EndedAt = over, KeepUntil = over.AddDays(1),
                Tracks = [new() { Session = session, Name = "consent", MediaType = "application/jose", Segments = 2 }, new() { Session = session, Name = "video", MediaType = "video/mp4", Segments = segments }],
            });
            await catalogue.SaveChangesAsync(Cancellation);
        }

        List<string> names = [$"v1/{session}/consent/key.json", $"v1/{session}/consent/00000000.seal", $"v1/{session}/video/key.json", .. Enumerable.Range(0, segments).Select(i => TrackObjects.Segment(session, new("video"), i))];
        await Parallel.ForEachAsync([.. names, names[1], names[2]], new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (name, cancellation) =>
            await s3.Owner.PutObjectAsync(new() { BucketName = bucket, Key = name, InputStream = new MemoryStream(Encoding.ASCII.GetBytes("sealed")), UseChunkEncoding = false }, cancellation));
        await s3.Owner.DeleteObjectAsync(bucket, names[^1], Cancellation);
        await s3.Owner.InitiateMultipartUploadAsync(bucket, $"v1/{session}/video/99999999.seal", Cancellation);
        return new(names.Count, names.Count + 2, 1, 1);
    }

    private static CatalogueDb Open(AdminServer server) =>
        new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(server.Data, "catalogue.db")}").Options);

    private static async Task<RecordedSession> SessionAsync(AdminServer server, Guid session)
    {
        await using var catalogue = Open(server);
        return await catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == session, Cancellation);
    }

    private static async Task KillAsync(AdminServer server)
    {
        server.Process.Kill();
        await server.Process.WaitForExitAsync(Eventually.Limit);
    }

    private static async Task WaitAsync(Task reached, string otherwise, AdminServer server)
    {
        if (await Task.WhenAny(reached, Task.Delay(Eventually.Limit, Cancellation)) != reached) { Assert.Fail($"{otherwise}\n{server.Process.Output}"); }
    }

    /// <summary>What the certificate must say was there.</summary>
    private sealed record Counted(long Objects, long Versions, long DeleteMarkers, long Uploads);
}
