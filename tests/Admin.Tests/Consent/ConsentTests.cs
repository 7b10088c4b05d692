using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>C3 to C5: the notice, the receipt, and every receipt that is refused.</summary>
public sealed class ConsentTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;

    [Fact]
    public async Task The_page_shows_exactly_the_text_that_is_hashed_and_signed()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        using var page = await person.Browser.GetAsync("/consent");
        Assert.Equal(asked.Text, ShownNotice.TextOf(await page.Content.ReadAsStringAsync()));
        Assert.Equal(asked.Notice.Sha256, Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(asked.Text))));
        foreach (var said in (string[])["Tina Technician", "Example Ltd", "privacy@example.org", "The Example Authority", "region local", "Until ", "type no passwords", "Declining costs you nothing"])
        {
            Assert.Contains(said, asked.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_receipt_is_countersigned_sealed_and_stored_before_the_session_is_ready()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        var receipt = await person.AllowAsync();
        var session = await Server.SessionAsync(asked.Session);
        Assert.Equal(SessionState.Ready, session.State);
        Assert.Equal(ConsentReceipt.DigestOf(receipt), session.ConsentDigest);
        Assert.Equal(asked.Notice.Sha256, session.Of(Participant.First).NoticeSha256);

        foreach (var name in (string[])[TrackObjects.KeyFile, TrackObjects.SegmentName(0), TrackObjects.SegmentName(1)])
        {
            Assert.NotNull(await Server.Store.FindAsync(TrackObjects.NameOf(asked.Session, TrackName.Consent, name), default));
        }

        using var download = await person.Browser.GetAsync("/consent/receipt");
        using var kept = JsonDocument.Parse(await download.Content.ReadAsStringAsync());
        Assert.Equal(receipt, kept.RootElement.GetProperty("receipt").GetString());
        Assert.Equal(asked.Text, kept.RootElement.GetProperty("noticeText").GetString());
        var (word, signer) = Countersignature.Verify(kept.RootElement.GetProperty("countersignature").GetString()!, receipt, ConsentReceipt.Verify(receipt, asked.Session).Receipt);
        Assert.Equal(asked.Text, word.NoticeText);
        Assert.Equal(kept.RootElement.GetProperty("serverKey").GetProperty("x").GetString(), signer.X);
    }

    [Fact]
    public async Task What_a_person_read_lies_nowhere_in_clear()
    {
        using var person = await InvitedAsync();
        await person.AllowAsync();
        Assert.Empty(Server.FilesThatHold("Tina Technician asks you"));
    }

    public static TheoryData<string> Changes =>
        ["participant", "decision", "controller", "notice-version", "notice-digest", "notice-language", "choices", "not-asked", "too-old", "from-the-future", "session"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_receipt_that_says_something_else_is_refused(string change)
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        var receipt = person.Sign(asked, r => change switch
        {
            "participant" => r with { Participant = "p2" },
            "decision" => r with { Decision = "decline" },
            "controller" => r with { Controller = "Another Ltd" },
            "notice-version" => r with { Notice = r.Notice with { Version = 2 } },
            "notice-digest" => r with { Notice = r.Notice with { Sha256 = Base64Url.EncodeToString(SHA256.HashData("another notice"u8)) } },
            "notice-language" => r with { Notice = r.Notice with { Language = "de" } },
            "choices" => r with { Choices = r.Choices with { Chat = !r.Choices.Chat } },
            "not-asked" => r with { Choices = r.Choices with { SpecialCategories = false } },
            "too-old" => r with { At = r.At.AddMinutes(-11) },
            "from-the-future" => r with { At = r.At.AddMinutes(11) },
            _ => r with { Session = Guid.CreateVersion7(r.At) },
        });
        using var refused = await person.GiveAsync(receipt);
        await AssertRefusedAsync(asked.Session, refused);
    }

    [Fact]
    public async Task An_altered_receipt_is_refused()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        var receipt = person.Sign(asked);
        foreach (var altered in (string[])[receipt[..^6] + "AAAAAA", receipt.Replace('.', ','), receipt[..(receipt.Length / 2)], "", new string('x', 10_000)])
        {
            using var refused = await person.GiveAsync(altered);
            await AssertRefusedAsync(asked.Session, refused);
        }
    }

    [Fact]
    public async Task Somebody_elses_receipt_and_cookie_are_refused()
    {
        using var person = await InvitedAsync();
        using var other = await InvitedAsync();
        var asked = await person.NoticeAsync();
        using var refused = await other.GiveAsync(person.Sign(asked)); // another session's page
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        using var nobody = new Person(Server);
        using var unknown = await nobody.GiveAsync(person.Sign(asked));
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(SessionState.AwaitingConsent, (await Server.SessionAsync(asked.Session)).State);
    }

    [Fact]
    public async Task A_consent_is_given_once()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        var first = await person.AllowAsync();
        using var replayed = await person.GiveAsync(first);
        using var second = await person.GiveAsync(person.Sign(asked));
        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.Conflict], [replayed.StatusCode, second.StatusCode]);
        Assert.Equal(ConsentReceipt.DigestOf(first), (await Server.SessionAsync(asked.Session)).ConsentDigest);
    }

    [Fact]
    public async Task A_technician_cannot_consent()
    {
        using var person = await InvitedAsync();
        var receipt = person.Sign(await person.NoticeAsync());
        using var refused = await shared.Technician.Browser.ScriptAsync(HttpMethod.Post, "/api/consent", new { receipt });
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Another_site_cannot_press_the_buttons()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        using var noHeader = await person.Browser.SendAsync(new(HttpMethod.Post, "/api/consent") { Content = System.Net.Http.Json.JsonContent.Create(new { receipt = person.Sign(asked) }) }, "application/json");
        Assert.Equal(HttpStatusCode.Forbidden, noHeader.StatusCode);
        using var noToken = await person.Browser.SendAsync(new(HttpMethod.Post, "/consent/decline") { Content = new FormUrlEncodedContent([]) }, "text/html");
        Assert.Equal(HttpStatusCode.BadRequest, noToken.StatusCode);
        Assert.Equal(SessionState.AwaitingConsent, (await Server.SessionAsync(asked.Session)).State);
    }

    [Fact]
    public async Task Declining_works_without_script_and_stores_nothing()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        using var declined = await person.Browser.SubmitAsync("/consent", "/consent/decline");
        Assert.Equal(HttpStatusCode.Redirect, declined.StatusCode);
        Assert.Contains("Nothing was recorded", await person.Browser.ReadAsync("/consent"), StringComparison.Ordinal);
        Assert.Equal(SessionState.Declined, (await Server.SessionAsync(asked.Session)).State);
        Assert.Empty(await Server.Store.ListAsync(TrackObjects.Prefix(asked.Session), null, default).ToListAsync());
        using var late = await person.GiveAsync(person.Sign(asked));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task The_audit_trail_has_it()
    {
        using var person = await InvitedAsync();
        var asked = await person.NoticeAsync();
        await person.AllowAsync();
        var rows = await Server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Session == asked.Session).OrderBy(row => row.Id).Select(row => row.Actor + " " + row.Action + " " + row.Outcome).ToListAsync());
        Assert.Equal(["tina technician.accepted allowed", "tina session.started allowed", "participant code.redeemed allowed", "participant consent.given allowed"], rows);
    }

    private async Task<Person> InvitedAsync()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        return await Person.JoinAsync(Server, code);
    }

    private async Task AssertRefusedAsync(Guid session, HttpResponseMessage refused)
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(SessionState.AwaitingConsent, (await Server.SessionAsync(session)).State);
        Assert.Empty(await Server.Store.ListAsync(TrackObjects.Prefix(session), null, default).ToListAsync());
    }
}
