using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

/// <summary>A receipt as a browser makes it, its countersignature, and the keys of both sides.</summary>
internal sealed class TestConsent : IDisposable
{
    public const string NoticeText = "Contoso records your screen and the chat for quality assurance.\nUntil 2026-03-01. Grüße, 録画 ✓";

    public TestConsent(Guid session)
    {
        Session = session;
        Receipt = SignReceipt(Payload());
        Countersignature = Countersign().Sign(Server);
    }

    public Guid Session { get; }
    public SigningKey Device { get; } = SigningKey.Create();
    public SigningKey Server { get; } = SigningKey.Create();
    public string Receipt { get; }
    public string Countersignature { get; }
    public byte[] Digest => SHA256.HashData(Encoding.ASCII.GetBytes(Receipt));

    public JsonObject Payload() => new()
    {
        ["format"] = "secure-recorder/consent/1",
        ["session"] = Session.ToString("D"),
        ["participant"] = "p1",
        ["decision"] = "allow",
        ["at"] = "2026-01-02T03:04:05.678Z",
        ["controller"] = "Contoso GmbH",
        ["notice"] = new JsonObject
        {
            ["id"] = "default",
            ["version"] = 3,
            ["language"] = "en",
            ["sha256"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(NoticeText))),
        },
        ["choices"] = new JsonObject { ["video"] = true, ["chat"] = true },
    };

    public string SignReceipt(JsonNode payload) => SignedText.Sign(Device, "secure-recorder-consent+jws", payload);

    public Countersignature Countersign() =>
        new(Storage.Tracks.Countersignature.FormatName, Session, Base64Url.EncodeToString(Digest), new(2026, 1, 2, 3, 4, 6, TimeSpan.Zero), NoticeText);

    public void Dispose()
    {
        Device.Dispose();
        Server.Dispose();
    }
}
