using Amazon.S3;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>Somebody opens the bucket: it is closed by itself, somebody is told even though the server is killed meanwhile, and the record of the breach is assessed and closed.</summary>
public sealed class BreachStoryTests(S3Server s3, Chromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_open_bucket_is_closed_told_of_and_recorded_whatever_happens_to_the_server()
    {
        var bucket = S3Server.NewBucketName();
        await using var hook = WebhookReceiver.Start();
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?>(s3.Location(bucket))
        {
            ["Location__CloseAutomatically"] = "true", ["Alerts__Webhook__Url"] = hook.Url.AbsoluteUri, ["Alerts__Webhook__Secret"] = "a secret of more than thirty-two characters",
        });
        var admin = new TechnicianDevice(await chromium.NewDeviceAsync(390, 844), server);
        await admin.SetUpAsync();
        await admin.GoAsync("/location");
        await admin.Page.GetByText("Recordings may go there").WaitForAsync();
        await CheckAsync(admin);

        // Opened by a policy, beside an innocent statement. The block goes first: it would not let such a policy in.
        hook.Status = 0; // whoever is told says nothing yet
        await s3.Owner.DeletePublicAccessBlockAsync(new() { BucketName = bucket }, Cancellation);
        var innocent = $$"""{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/reader"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/shared/*"}""";
        await s3.Owner.PutBucketPolicyAsync(bucket, $$"""{"Version":"2012-10-17","Statement":[{{innocent}},{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::{{bucket}}"}]}""", Cancellation);
        await CheckAsync(admin);
        await admin.Page.GetByText("What the server did to close it").WaitForAsync();
        await admin.Page.GetByText("Recordings may go there").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(admin.Page, "location-closed-automatically");
        Assert.Contains("user/reader", (await s3.Owner.GetBucketPolicyAsync(bucket, Cancellation)).Policy, StringComparison.Ordinal);
        using (var stranger = new HttpClient()) { Assert.Equal(403, (int)(await stranger.GetAsync(new Uri(s3.Endpoint, bucket), Cancellation)).StatusCode); }

        // The server dies while it tells, and tells again.
        await Eventually.TrueAsync(() => !hook.Posts.IsEmpty, "something is posted");
        var first = hook.Posts.First();
        server.Process.Kill();
        await server.Process.WaitForExitAsync(StartedSession.Soon);
        await LetTheLeaseRunOutAsync(server);
        hook.Status = 200;
        await server.StartAgainAsync();
        await Eventually.TrueAsync(() => hook.Posts.Count(post => post.Headers["X-SecureRecorder-Id"] == first.Headers["X-SecureRecorder-Id"]) > 1, "it is told again");
        var again = hook.Posts.Last(post => post.Headers["X-SecureRecorder-Id"] == first.Headers["X-SecureRecorder-Id"]);
        Assert.Equal(first.Body, again.Body);

        // The record is assessed, and closed.
        await admin.GoAsync("/breaches");
        await Chromium.ShowAtBothWidthsAsync(admin.Page, "breaches");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Location main" }).ClickAsync();
        await admin.Page.GetByText("Time to notify the authority").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(admin.Page, "breach");
        await admin.Page.GetByRole(AriaRole.Group, new() { Name = "at risk" }).GetByLabel("No").CheckAsync();
        await admin.Page.GetByLabel("Why").FillAsync("Only names could be listed; everything is sealed.");
        await admin.Page.GetByRole(AriaRole.Group, new() { Name = "authority" }).GetByLabel("No").CheckAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save the assessment" }).ClickAsync();
        await admin.Page.GetByText("No risk", new() { Exact = true }).WaitForAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Close the record" }).ClickAsync();
        await admin.Page.GetByText("Closed by tina").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(admin.Page, "breach-closed");
    }

    private static Task CheckAsync(TechnicianDevice admin) => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();

    /// <summary>As if the server had been away for some minutes.</summary>
    private static async Task LetTheLeaseRunOutAsync(AdminServer server)
    {
        await using var catalogue = new CatalogueDb(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(server.Data, "catalogue.db")};Pooling=false").Options);
        await catalogue.Alerts.Where(alert => alert.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(alert => alert.NextAttemptAt, DateTimeOffset.UnixEpoch), Cancellation);
    }
}
