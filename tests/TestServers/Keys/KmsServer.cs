using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace SecureRecorder.TestServers.Keys;

/// <summary>Speaks AWS KMS's JSON protocol: GetPublicKey, Decrypt, and what makes and deletes keys.</summary>
public sealed class KmsServer : FakeKeyService
{
    public const string Region = "eu-central-1";

    private readonly ConcurrentDictionary<string, Key> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _made;

    private protected override string ContentType => "application/x-amz-json-1.1";

    private protected override int ThrottledStatus => 400;

    private protected override string ThrottledCode => "ThrottlingException";

    public string ArnOf(string name) => $"arn:aws:kms:{Region}:111122223333:key/{_names.GetOrAdd(name, _ => Guid.NewGuid().ToString())}";

    public override string AddKey(string name, string kind = "3072")
    {
        _keys[ArnOf(name)] = new(kind, RsaKeys.Of(kind, Interlocked.Increment(ref _made)));
        return ArnOf(name);
    }

    public override void Forget(string name) => _keys.TryRemove(ArnOf(name), out _);

    public override void Disable(string name) => _keys[ArnOf(name)].State = "Disabled";

    /// <summary>It waits for its deletion.</summary>
    public void ScheduleDeletion(string name) => ScheduleDeletionOf(ArnOf(name));

    public void ScheduleDeletionOf(string arn) => _keys[arn].State = "PendingDeletion";

    private protected override string NameOf(HttpListenerRequest request) => request.Headers["X-Amz-Target"] ?? "";

    private protected override byte[] ErrorOf(string code, string message) => Json(new Dictionary<string, string> { ["__type"] = code, ["message"] = message });

    private protected override (int Status, byte[] Body) Reply(HttpListenerContext context, byte[] body)
    {
        if (RefusesCredential || context.Request.Headers["Authorization"]?.StartsWith("AWS4-HMAC-SHA256 Credential=", StringComparison.Ordinal) != true) { return (400, ErrorOf("UnrecognizedClientException", "The security token included in the request is invalid.")); }

        using var asked = JsonDocument.Parse(body);
        if (Manage(NameOf(context.Request), asked.RootElement) is { } managed) { return managed; }

        var arn = asked.RootElement.GetProperty("KeyId").GetString()!;
        if (!_keys.TryGetValue(arn, out var key)) { return (400, ErrorOf("NotFoundException", $"Key '{arn}' does not exist")); }
        if (key.State == "Disabled") { return (400, ErrorOf("DisabledException", $"{arn} is disabled.")); }
        if (key.State == "PendingDeletion") { return (400, ErrorOf("KMSInvalidStateException", $"{arn} is pending deletion.")); }

        return NameOf(context.Request) switch
        {
            "TrentService.GetPublicKey" when key.Rsa is null => (200, Json(new { KeyId = arn, PublicKey = Array.Empty<byte>(), KeySpec = "ECC_NIST_P256", KeyUsage = "SIGN_VERIFY" })),
            "TrentService.GetPublicKey" => (200, Json(new { KeyId = arn, PublicKey = key.Rsa.ExportSubjectPublicKeyInfo(), KeySpec = $"RSA_{key.Kind}", KeyUsage = "ENCRYPT_DECRYPT", EncryptionAlgorithms = (string[])["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] })),
            "TrentService.Decrypt" => Decrypt(arn, key, asked.RootElement),
            var other => (400, ErrorOf("UnknownOperationException", other)),
        };
    }

    private readonly ConcurrentDictionary<string, string> _aliases = new(StringComparer.Ordinal);

    /// <summary>Keys that there are, whether they are named or not.</summary>
    public int Usable => _keys.Values.Count(key => key.State == "Enabled");

    /// <summary>When it lets go of keys.</summary>
    public static DateTimeOffset GoneAt { get; } = DateTimeOffset.UnixEpoch.AddYears(57);

    private (int, byte[])? Manage(string target, JsonElement asked)
    {
        string Of(string member) => asked.GetProperty(member).GetString()!;
        switch (target)
        {
            case "TrentService.CreateKey":
                if (Of("KeySpec") != "RSA_3072" || Of("KeyUsage") != "ENCRYPT_DECRYPT") { return (400, ErrorOf("ValidationException", "Not what the tests expect.")); }
                var made = $"made-{Guid.NewGuid()}";
                return (200, Json(new { KeyMetadata = Metadata(AddKey(made)) }));
            case "TrentService.CreateAlias":
                return _aliases.TryAdd(Of("AliasName"), Of("TargetKeyId")) ? (200, []) : (400, ErrorOf("AlreadyExistsException", "An alias with that name exists."));
            case "TrentService.DeleteAlias":
                return _aliases.TryRemove(Of("AliasName"), out _) ? (200, []) : (400, ErrorOf("NotFoundException", "Alias not found."));
            case "TrentService.DescribeKey":
                return _aliases.TryGetValue(Of("KeyId"), out var arn) ? (200, Json(new { KeyMetadata = Metadata(arn) })) : (400, ErrorOf("NotFoundException", "Alias not found."));
            case "TrentService.ScheduleKeyDeletion":
                if (asked.GetProperty("PendingWindowInDays").GetInt32() != 7) { return (400, ErrorOf("ValidationException", "Not what the tests expect.")); }
                _keys[Of("KeyId")].State = "PendingDeletion";
                return (200, Json(new { KeyId = Of("KeyId"), DeletionDate = GoneAt.ToUnixTimeSeconds(), KeyState = "PendingDeletion", PendingWindowInDays = 7 }));
            default: return null;
        }
    }

    private Dictionary<string, object> Metadata(string arn)
    {
        var metadata = new Dictionary<string, object> { ["KeyId"] = arn.Split('/')[1], ["Arn"] = arn, ["KeyState"] = _keys[arn].State, ["KeySpec"] = "RSA_3072", ["KeyUsage"] = "ENCRYPT_DECRYPT" };
        if (_keys[arn].State == "PendingDeletion") { metadata["DeletionDate"] = GoneAt.ToUnixTimeSeconds(); }
        return metadata;
    }

    private (int, byte[]) Decrypt(string arn, Key key, JsonElement asked)
    {
        if (asked.GetProperty("EncryptionAlgorithm").GetString() != "RSAES_OAEP_SHA_256") { return (400, ErrorOf("InvalidKeyUsageException", "The algorithm is not for this key.")); }
        if (RsaKeys.Decrypt(key.Rsa!, asked.GetProperty("CiphertextBlob").GetBytesFromBase64()) is not { } bytes) { return (400, ErrorOf("InvalidCiphertextException", "")); }

        Count();
        return (200, Json(new { KeyId = arn, Plaintext = bytes, EncryptionAlgorithm = "RSAES_OAEP_SHA_256" }));
    }

    private sealed class Key(string kind, RSA? rsa)
    {
        public string Kind => kind;
        public RSA? Rsa => rsa;
        public string State { get; set; } = "Enabled";
    }
}
