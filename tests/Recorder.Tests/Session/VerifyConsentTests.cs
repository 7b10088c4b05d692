using SecureRecorder.Recorder.Session;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Tests.Session;

public sealed class VerifyConsentTests : IAsyncLifetime
{
    private readonly SigningKey _stranger = SigningKey.Create();
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _stranger.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public void A_true_consent_is_accepted_and_gives_the_digest_that_segments_are_bound_to()
    {
        var consent = Verify((_server.ReceiptJws!, _server.CountersignatureJws!));
        Assert.Equal(ConsentReceipt.DigestOf(_server.ReceiptJws!), consent.Digest);
        Assert.Equal("Example Ltd", consent.Receipt.Controller);
    }

    [Fact]
    public void No_receipt_is_refused() => Refuses((null, _server.CountersignatureJws), "without a consent receipt");

    [Fact]
    public void No_countersignature_is_refused() => Refuses((_server.ReceiptJws, null), "not countersigned");

    [Theory]
    [InlineData("decline")]
    [InlineData("withdraw")]
    public void A_receipt_that_does_not_allow_is_refused(string decision) => Refuses(_server.Consent(receipt => receipt with { Decision = decision }), decision);

    [Fact]
    public void A_receipt_without_video_is_refused() => Refuses(_server.Consent(receipt => receipt with { Choices = new(false, true) }), "did not allow the screen");

    [Fact]
    public void A_receipt_of_another_session_is_refused()
    {
        var other = Guid.NewGuid();
        Refuses(_server.Consent(receipt => receipt with { Session = other }), $"{other}");
    }

    [Fact]
    public void A_receipt_that_does_not_say_who_records_is_refused() => Refuses(_server.Consent(receipt => receipt with { Controller = " " }), "who records");

    [Fact]
    public void A_receipt_that_was_altered_is_refused()
    {
        var parts = _server.ReceiptJws!.Split('.');
        var another = _server.Consent(receipt => receipt with { Controller = "Somebody else" }).Receipt.Split('.');
        Refuses(($"{parts[0]}.{another[1]}.{parts[2]}", _server.CountersignatureJws), "signature does not match");
    }

    [Fact]
    public void A_receipt_that_the_server_signed_itself_is_refused() => Refuses(_server.Consent(device: _server.ServerKey), "not on the person's device");

    [Fact]
    public void A_countersignature_by_another_server_is_refused() => Refuses(_server.Consent(server: _stranger), "not by the server");

    [Fact]
    public void A_countersignature_of_another_receipt_is_refused() =>
        Refuses((_server.ReceiptJws, _server.Consent(receipt => receipt with { Participant = "p2" }).Countersignature), "another receipt");

    [Fact]
    public void A_countersignature_of_another_session_is_refused() => Refuses(_server.Consent(null, over => over with { Session = Guid.NewGuid() }), "countersignature is of session");

    [Fact]
    public void A_notice_other_than_the_one_signed_for_is_refused() => Refuses(_server.Consent(null, over => over with { NoticeText = over.NoticeText + " And sell it." }), "notice");

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("é.é.é")]
    public void Garbage_is_refused(string jws)
    {
        Refuses((jws, _server.CountersignatureJws), "");
        Refuses((_server.ReceiptJws, jws), "");
    }

    private Consent Verify((string? Receipt, string? Countersignature) given) =>
        VerifyConsent.Run(new(ControlPhase.Record, null, 0, given.Receipt, given.Countersignature), _server.Session, _server.ServerKey.Public);

    private void Refuses((string? Receipt, string? Countersignature) given, string message) =>
        Assert.Contains(message, Assert.Throws<ConsentRefusedException>(() => Verify(given)).Message, StringComparison.Ordinal);
}
