using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Tests.Findings;

/// <summary>Findings are opened once, refreshed, and closed; and only what is new and severe is told.</summary>
public sealed class KeepFindingsTests : IDisposable
{
    private readonly FindingsScene scene = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task What_is_new_is_opened_what_is_there_refreshed_and_what_is_gone_closed_and_the_trail_has_the_changes_only()
    {
        var begun = scene.Clock.GetUtcNow();
        Assert.Equal(2, (await KeepAsync(Seen("public-list", FindingSeverity.Critical), Seen("cors", FindingSeverity.Medium))).Count);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await KeepAsync(Seen("public-list", FindingSeverity.Critical, detail: "policy"), Seen("cors", FindingSeverity.Medium)));
        scene.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await KeepAsync(Seen("cors", FindingSeverity.Medium)));

        Assert.Equal(["finding.opened main: public-list (Critical), bucket", "finding.opened main: cors (Medium), bucket", "finding.closed main: public-list (Critical), bucket"], await scene.TrailAsync("finding."));
        var open = Assert.Single(await scene.OpenAsync());
        Assert.Equal(("cors", begun, begun.AddHours(2)), (open.Rule, open.FirstSeenAt, open.LastSeenAt));
        var gone = await scene.ReadAsync(db => db.Findings.SingleAsync(finding => finding.Rule == "public-list"));
        Assert.Equal(("policy", begun.AddHours(1), begun.AddHours(2)), (gone.Detail, gone.LastSeenAt, gone.ClosedAt));
    }

    [Fact]
    public async Task What_is_new_and_severe_is_told_once_whoever_looks_again()
    {
        await KeepAsync(Seen("tls", FindingSeverity.Medium), Seen("pab-unknown", FindingSeverity.High), Seen("public-list", FindingSeverity.Critical));
        await KeepAsync(Seen("tls", FindingSeverity.Medium), Seen("pab-unknown", FindingSeverity.High), Seen("public-list", FindingSeverity.Critical));

        var alert = Assert.Single(await scene.AlertsAsync());
        Assert.Equal(("finding.opened", FindingSeverity.Critical, "main"), (alert.Kind, alert.Severity, alert.Location));
        Assert.Equal("Critical: public-list. Why public-list.\nHigh: pab-unknown. Why pab-unknown.", alert.Text);
        Assert.DoesNotContain("bucket", alert.Text, StringComparison.Ordinal); // what it is about may have been named by anybody
    }

    [Fact]
    public async Task What_comes_back_is_new_again()
    {
        await KeepAsync(Seen("public-list", FindingSeverity.Critical));
        await KeepAsync();
        Assert.Single(await KeepAsync(Seen("public-list", FindingSeverity.Critical)));
        Assert.Equal(2, (await scene.AlertsAsync()).Count);
    }

    [Fact]
    public async Task Another_source_and_another_location_keep_their_own()
    {
        await KeepAsync(Seen("public-list", FindingSeverity.Critical));
        await scene.Keep.RunAsync("orphans", "main", [], Cancellation);
        await scene.Keep.RunAsync("posture", "elsewhere", [], Cancellation);
        Assert.Single(await scene.OpenAsync());
    }

    [Fact]
    public async Task One_look_that_finds_a_thousand_things_does_not_drown_the_trail()
    {
        await scene.Keep.RunAsync("orphans", "main", [.. Enumerable.Range(0, 1000).Select(i => new SeenFinding("orphan", FindingSeverity.High, $"object {i}", "Why.", "", ""))], Cancellation);
        var trail = await scene.TrailAsync("finding.");
        Assert.Equal((KeepFindings.AuditRows + 1, "finding.opened main: and 950 more"), (trail.Count, trail[^1]));
        Assert.Equal("1000 new findings, High: main", Assert.Single(await scene.AlertsAsync()).Title);
        Assert.Equal(1000, (await scene.OpenAsync()).Count);
    }

    [Fact]
    public async Task A_subject_of_any_length_is_the_same_at_the_next_look()
    {
        var (longest, other) = (new string('x', 5000), new string('x', 5000) + "😀");
        await scene.Keep.RunAsync("orphans", "main", [new("orphan", FindingSeverity.Low, longest, "Why.", longest, longest), new("orphan", FindingSeverity.Low, other, "Why.", "", "")], Cancellation);
        Assert.Empty(await scene.Keep.RunAsync("orphans", "main", [new("orphan", FindingSeverity.Low, longest, "Why.", longest, longest)], Cancellation));
    }

    private Task<IReadOnlyList<KeptFinding>> KeepAsync(params SeenFinding[] seen) => scene.Keep.RunAsync("posture", "main", seen, Cancellation);

    private static SeenFinding Seen(string rule, FindingSeverity severity, string detail = "acl") => new(rule, severity, "bucket", $"Why {rule}.", detail, "mend it");
}
