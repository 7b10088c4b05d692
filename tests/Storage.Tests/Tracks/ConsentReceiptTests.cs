using System.Text.Json.Nodes;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

public sealed class ConsentReceiptTests : IDisposable
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private readonly TestConsent _consent = new(Session);

    public void Dispose() => _consent.Dispose();

    [Fact]
    public void A_receipt_signed_in_a_browser_verifies()
    {
        var (receipt, device) = ConsentReceipt.Verify(_consent.Receipt, Session);

        Assert.Equal(_consent.Device.Public, device);
        Assert.Equal(("p1", "allow", "Contoso GmbH"), (receipt.Participant, receipt.Decision, receipt.Controller));
        Assert.Equal(new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), receipt.At);
        Assert.Equal(("default", 3, "en"), (receipt.Notice.Id, receipt.Notice.Version, receipt.Notice.Language));
        Assert.Equal(new(Video: true, Chat: true), receipt.Choices);
        Assert.Equal(_consent.Digest, ConsentReceipt.DigestOf(_consent.Receipt));
    }

    public static TheoryData<string, Action<JsonObject>> Unsound => new()
    {
        { "another session", payload => payload["session"] = "01990000-0000-7000-8000-0000000000ab" },
        { "another format", payload => payload["format"] = "secure-recorder/consent/2" },
        { "an unknown decision", payload => payload["decision"] = "maybe" },
        { "no decision", payload => payload.Remove("decision") },
        { "no participant", payload => payload["participant"] = "" },
        { "no time", payload => payload.Remove("at") },
        { "a local time", payload => payload["at"] = "2026-01-02T03:04:05.678" },
        { "a time elsewhere", payload => payload["at"] = "2026-01-02T03:04:05.678+02:00" },
        { "a time without milliseconds", payload => payload["at"] = "2026-01-02T03:04:05Z" },
        { "no notice", payload => payload["notice"] = null },
        { "no digest of the notice", payload => payload["notice"]!["sha256"] = "" },
        { "no choices", payload => payload.Remove("choices") },
        { "a choice left open", payload => payload["choices"]!.AsObject().Remove("chat") },
    };

    [Theory, MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void A_receipt_with_this_is_refused_however_well_it_is_signed(string what, Action<JsonObject> change)
    {
        var payload = _consent.Payload();
        change(payload);

        var refused = Record.Exception(() => ConsentReceipt.Verify(_consent.SignReceipt(payload), Session));

        Assert.True(refused is TrackAlteredException, $"{what}: {refused}");
    }

    [Fact]
    public void What_is_no_receipt_is_refused()
    {
        string[] others =
        [
            _consent.Countersignature,
            Jws.Sign("{}"u8, Manifest.JwsType, _consent.Device),
            _consent.SignReceipt(new JsonArray()),
            SignedText.Sign(_consent.Device, SignedText.Header(_consent.Device, ConsentReceipt.JwsType).ToJsonString(), "null"),
            SignedText.Sign(_consent.Device, SignedText.Header(_consent.Device, ConsentReceipt.JwsType).ToJsonString(), "not JSON"),
            _consent.Receipt[..^1] + (_consent.Receipt[^1] == 'A' ? 'Q' : 'A'),
        ];

        Assert.All(others, text => Assert.Throws<TrackAlteredException>(() => ConsentReceipt.Verify(text, Session)));
        Assert.Throws<TrackAlteredException>(() => ConsentReceipt.DigestOf("é"));
    }

    [Fact]
    public void The_countersignature_is_over_this_receipt_and_the_text_that_it_names()
    {
        var (receipt, _) = ConsentReceipt.Verify(_consent.Receipt, Session);

        var (over, signer) = Countersignature.Verify(_consent.Countersignature, _consent.Receipt, receipt);

        Assert.Equal(_consent.Server.Public, signer);
        Assert.Equal(TestConsent.NoticeText, over.NoticeText);
        var sound = _consent.Countersign();
        Countersignature[] others =
        [
            sound with { Session = Guid.Empty },
            sound with { Format = "secure-recorder/countersignature/2" },
            sound with { Receipt = sound.Receipt[1..] + "A" },
            sound with { NoticeText = TestConsent.NoticeText + " " },
            sound with { NoticeText = "" },
        ];
        Assert.All(others, other => Assert.Throws<TrackAlteredException>(() => Countersignature.Verify(other.Sign(_consent.Server), _consent.Receipt, receipt)));
        Assert.Throws<TrackAlteredException>(() => Countersignature.Verify(_consent.Receipt, _consent.Receipt, receipt));
    }
}
