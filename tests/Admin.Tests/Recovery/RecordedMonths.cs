using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Tests.Exports;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>What is left of a server whose keys expire: its bucket, its KEK, and the months' keys beside it.</summary>
public sealed class RecordedMonths : RecordedBucket
{
    internal static readonly (string Key, string Value) KeysExpire = ("Location:ExpiringKeys", "true");

    private protected override (string Key, string Value)[] Settings => [KeysExpire];

    /// <summary>The rows of the months' keys, as the server had them.</summary>
    internal IReadOnlyList<ExpiryKey> Months { get; private set; } = [];

    /// <summary>That of the session's video.</summary>
    internal ExpiryKey Month => Months.Single(key => key.Id == Row.Tracks.Single(track => track.Name == "video").ExpiryKey);

    private protected override async Task LookAsync(ExportScene running) =>
        Months = await running.Server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().OrderBy(key => key.Month).ToListAsync());

    /// <summary>Copies the KEK and the months' keys into a folder; what is there already stays.</summary>
    internal void CopyKeys(string target)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Data, "keys"), "*.pem").Where(file => Path.GetFileName(file) is "kek.pem" or ['s', 'r', '-', ..]))
        {
            if (!File.Exists(Path.Combine(target, Path.GetFileName(file)))) { OwnerOnlyFile.Create(Path.Combine(target, Path.GetFileName(file)), File.ReadAllText(file)); }
        }
    }

    /// <summary>Puts the word that the video's key was destroyed into a bucket.</summary>
    internal static void Bury(string bucket, ExpiryKey key, DateTimeOffset at, SigningKey signer) => File.WriteAllText(
        Path.Combine(bucket, KeyDestructionCertificate.ObjectName(key.Name)),
        new KeyDestructionCertificate(KeyDestructionCertificate.FormatName, key.Location, $"{new ExpiryMonth(key.Month)}", key.Name, key.Kid!, "here", key.MadeAt, at, null).Sign(signer), Encoding.ASCII);

    /// <summary>Puts a record into a bucket.</summary>
    internal static void Say(string bucket, ExpiryKeyRecord record, SigningKey signer) => File.WriteAllText(Path.Combine(bucket, ExpiryKeyRecord.ObjectName(record.Name)), record.Sign(signer), Encoding.ASCII);
}
