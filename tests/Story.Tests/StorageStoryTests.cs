using Amazon.S3;
using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>Somebody opens the bucket to everybody: the admin sees it, with what mends it; nothing is recorded until it is mended.</summary>
public sealed class StorageStoryTests(S3Server s3, Chromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_that_is_opened_is_found_and_nothing_is_recorded_until_it_is_closed()
    {
        var bucket = S3Server.NewBucketName();
        await using var server = await AdminServer.StartAsync(s3.Location(bucket));
        var admin = new TechnicianDevice(await chromium.NewDeviceAsync(390, 844), server);
        await admin.SetUpAsync();
        Assert.False(await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Storage", Exact = true }).IsVisibleAsync()); // the menu is folded
        await admin.GoByMenuAsync("Storage");
        await admin.Page.GetByText("Recordings may go there").WaitForAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "main" }).ClickAsync();
        await admin.Page.GetByText("tls-not-enforced").WaitForAsync(); // the server is asked without TLS here
        await Chromium.ShowAtBothWidthsAsync(admin.Page, "storage-private");

        // The block goes first: while it is there, no list of access opens anything.
        await s3.Owner.DeletePublicAccessBlockAsync(new() { BucketName = bucket }, Cancellation);
        await s3.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        await admin.Page.GetByText("Nothing is recorded there").WaitForAsync();
        await admin.Page.GetByText("public-list").WaitForAsync();
        Assert.Contains($"--bucket {bucket}", await admin.Page.Locator("code.command").First.InnerTextAsync(), StringComparison.Ordinal);
        await Chromium.ShowAtBothWidthsAsync(admin.Page, "storage-public");

        // No session starts.
        await admin.GoAsync("/");
        await admin.Page.GetByLabel("I accept that I am recorded too").CheckAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Start a session" }).ClickAsync();
        await admin.Page.GetByText("storage location is public").WaitForAsync();

        // Mended, it is taken into use again.
        await s3.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.Private }, Cancellation);
        await admin.GoAsync("/location");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        await admin.Page.GetByText("Recordings may go there").WaitForAsync();
        await admin.StartSessionAsync();
    }
}
