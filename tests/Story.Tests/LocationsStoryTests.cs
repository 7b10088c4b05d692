using System.Text.Json;
using Amazon.S3;
using Microsoft.Playwright;
using SecureRecorder.Storage.Keys;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>An admin adds a second location and pins the recordings to its region: what is not safe, or lies elsewhere, is refused with its reason; what is recorded then goes there and nowhere else.</summary>
public sealed class LocationsStoryTests(S3Server s3, Chromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_recorded_into_the_region_it_is_pinned_to_with_that_regions_key()
    {
        var bucket = S3Server.NewBucketName();
        await using var session = await StartedSession.StartAsync(
            chromium,
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Credentials__ceph__AccessKeyId"] = s3.AccessKey,
                ["Credentials__ceph__SecretAccessKey"] = s3.SecretKey,
                ["Keys__ceph__Region"] = s3.Region,
                ["Keys__overseas__Region"] = "overseas-1",
            },
            beforeStart: async admin => await AddAndPinAsync(admin, bucket));
        var look = await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        await session.WaitForPersonAsync("over");

        // It lies there, under keys that expire beside that region's, and nothing of it in the server's own location.
        var objects = await s3.Owner.ListObjectsV2Async(new() { BucketName = bucket, Prefix = $"v1/{session.Id}/" }, Cancellation);
        Assert.Contains(objects.S3Objects, found => found.Key.EndsWith("/video/manifest.jws", StringComparison.Ordinal));
        Assert.Contains(objects.S3Objects, found => found.Key.EndsWith("/consent/key.json", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(session.Server.Data, "bucket", "v1", session.Id.ToString())));
        var months = Directory.GetFiles(Path.Combine(session.Server.Data, "keys"), "sr-ceph-*.pem").Select(KidOf).ToList();
        Assert.True(File.Exists(Path.Combine(session.Server.Data, "keys", "ceph.pem")));
        foreach (var found in objects.S3Objects.Where(found => found.Key.EndsWith("/key.json", StringComparison.Ordinal)))
        {
            using var stored = await s3.Owner.GetObjectAsync(bucket, found.Key, Cancellation);
            using var json = await JsonDocument.ParseAsync(stored.ResponseStream, cancellationToken: Cancellation);
            Assert.Contains(json.RootElement.GetProperty("kid").GetString(), months);
        }

        // It is watched from there, also by a server that was started anew.
        var player = await session.ReplayAsync();
        await StartedSession.ShowsAsync(player, look);
        Assert.Equal("verified", await player.BadgeAsync());
        session.Server.Process.Kill();
        await session.Server.StartAgainAsync();
        player = await session.ReplayAsync();
        await StartedSession.ShowsAsync(player, look);

        // Pinned elsewhere afterwards: it stays, and is listed as out of place.
        var page = session.Technician.Page;
        await session.Technician.GoAsync("/locations");
        await PinAsync(page, "local", only: true);
        await session.Technician.GoAsync("/jobs");
        await page.Locator("#run-check-regions").ClickAsync();
        await page.Locator("#runs").GetByText("to mend").First.WaitForAsync();
        await session.Technician.GoAsync("/locations");
        await page.GetByText($"1 in {s3.Region}; pinned is local.").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "locations-misplaced");
        await page.GetByRole(AriaRole.Link, new() { Name = "Which recordings of" }).ClickAsync();
        await page.GetByText(session.Id.ToString()).WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "misplaced");
        await session.Technician.GoAsync("/locations");
        await PinAsync(page, s3.Region, only: true);

        // Closed, it takes nothing new.
        await page.GetByRole(AriaRole.Button, new() { Name = "Record nothing new there: ceph" }).ClickAsync();
        await page.GetByText("Closed: nothing new is recorded there").WaitForAsync();
        await session.Technician.GoAsync("/");
        await page.GetByLabel("I accept that I am recorded too").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a session" }).ClickAsync();
        await page.GetByText($"must stay in {s3.Region}").WaitForAsync();
    }

    private async Task AddAndPinAsync(TechnicianDevice admin, string bucket)
    {
        var page = admin.Page;
        await admin.GoAsync("/locations");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a location" }).ClickAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "location-new");

        await FillAsync(page, "ceph", "overseas-1", bucket, "overseas");
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "region" }).WaitForAsync();

        await FillAsync(page, "ceph", s3.Region, bucket, "overseas");
        await page.GetByText($"The key 'overseas' lies in overseas-1, the location in {s3.Region}.").WaitForAsync();

        var open = await s3.NewBucketAsync(Cancellation);
        await s3.Owner.PutBucketAclAsync(new() { BucketName = open, ACL = S3CannedACL.PublicRead }, Cancellation);
        await s3.Owner.PutObjectAsync(new() { BucketName = open, Key = "theirs", ContentBody = "x" }, Cancellation);
        await FillAsync(page, "ceph", s3.Region, open, "ceph", provision: false);
        await page.GetByText("It is not safe to record into").WaitForAsync();
        await page.GetByText("public-list").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "location-refused");

        await page.GetByLabel("Its keys expire").CheckAsync();
        await FillAsync(page, "ceph", s3.Region, bucket, "ceph", provision: true);
        await page.WaitForURLAsync("**/locations");
        await page.GetByRole(AriaRole.Heading, new() { Name = "ceph" }).WaitForAsync();
        await PinAsync(page, s3.Region, only: false);
        await Chromium.ShowAtBothWidthsAsync(page, "locations");
    }

    private static string KidOf(string path)
    {
        using var key = LocalKeyFile.Open(path);
        return key.PublicKey.Kid;
    }

    /// <summary>Where everybody who is in no pinned team is recorded.</summary>
    private static async Task PinAsync(IPage page, string region, bool only)
    {
        var regions = page.GetByLabel("Regions of Everybody else");
        if (only)
        {
            foreach (var each in await regions.GetByRole(AriaRole.Checkbox).AllAsync()) { await each.UncheckAsync(); }
        }

        await regions.GetByLabel(region, new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the regions of Everybody else" }).ClickAsync();
        await page.WaitForLoadStateAsync();
        Assert.True(await regions.GetByLabel(region, new() { Exact = true }).IsCheckedAsync());
    }

    private async Task FillAsync(IPage page, string name, string region, string bucket, string key, bool? provision = null)
    {
        await page.FillAsync("#Name", name);
        await page.FillAsync("#Region", region);
        await page.FillAsync("#Endpoint", s3.Endpoint.ToString());
        await page.FillAsync("#Bucket", bucket);
        await page.SelectOptionAsync("#Credential", "ceph");
        await page.SelectOptionAsync("#Key", key);
        if (provision is { } make) { await page.GetByLabel("Make the bucket, private").SetCheckedAsync(make); }
        await page.GetByRole(AriaRole.Button, new() { Name = "Check it and add it" }).ClickAsync();
        await page.WaitForLoadStateAsync();
    }
}
