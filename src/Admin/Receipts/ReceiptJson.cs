using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureRecorder.Admin.Receipts;

/// <summary>How the receipt that a person keeps is written and read: readable, and nothing in it that is not known.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    PropertyNameCaseInsensitive = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ReceiptFile))]
[JsonSerializable(typeof(ReceiptPageWord))]
internal sealed partial class ReceiptJson : JsonSerializerContext;
