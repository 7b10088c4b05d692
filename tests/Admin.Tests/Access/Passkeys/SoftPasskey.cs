using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureRecorder.Admin.Tests.Access.Passkeys;

/// <summary>An authenticator in software, ES256, with everything that it says open to a liar.</summary>
/// <remarks>Source: W3C Web Authentication, Level 3, §5.8.1, §6.1, §6.5; RFC 9052 for its key.</remarks>
internal sealed class SoftPasskey : IDisposable
{
    private const byte UserPresent = 1;
    private const byte UserVerified = 4;
    private const byte HasCredential = 64;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Whose it says that it is; null: it does not say.</summary>
    public string? User { get; set; }

    public uint Counter { get; set; } = 1;

    /// <summary>Whether it counts its answers, as the only one of its kind does.</summary>
    public bool Counts { get; set; } = true;

    public bool Verifies { get; set; } = true;

    /// <summary>The page that it believes to be on.</summary>
    public required string Origin { get; set; }

    /// <summary>What <c>navigator.credentials.create</c> gives for these options.</summary>
    public string Create(string options)
    {
        var asked = JsonDocument.Parse(options).RootElement;
        User = asked.GetProperty("user").GetProperty("id").GetString();
        var (client, data) = (Client("webauthn.create", asked), Data(asked.GetProperty("rp").GetProperty("id").GetString()!, HasCredential, Credential()));
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x59, (byte)(data.Length >> 8), (byte)data.Length, .. data];
        return Json(new { clientDataJSON = Text(client), attestationObject = Text(attestation), transports = new[] { "internal" } });
    }

    /// <summary>What <c>navigator.credentials.get</c> gives.</summary>
    public string Get(string options)
    {
        if (Counts) { Counter++; }
        var asked = JsonDocument.Parse(options).RootElement;
        var (client, data) = (Client("webauthn.get", asked), Data(asked.GetProperty("rpId").GetString()!, 0, []));
        var signature = key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Json(new { clientDataJSON = Text(client), authenticatorData = Text(data), signature = Text(signature), userHandle = User });
    }

    public void Dispose() => key.Dispose();

    private byte[] Client(string type, JsonElement asked) => JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = asked.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false });

    private byte[] Data(string party, byte flags, byte[] credential)
    {
        var counter = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(party)), (byte)(flags | UserPresent | (Verifies ? UserVerified : 0)), .. counter, .. credential];
    }

    private byte[] Credential()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [.. new byte[16], 0, (byte)Id.Length, .. Id, 0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
    }

    private string Json(object response) => JsonSerializer.Serialize(new
    {
        id = Text(Id), rawId = Text(Id), type = "public-key", authenticatorAttachment = "platform", clientExtensionResults = new { }, response,
    });

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
