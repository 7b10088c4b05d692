using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureRecorder.Admin.Consent;

/// <summary>How the receipt that a person keeps is written: readable.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ReceiptDownload))]
internal sealed partial class ReceiptJson : JsonSerializerContext;
