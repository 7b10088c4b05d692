using System.Text;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>What the bucket says of months' keys: which key is which month's, and which are destroyed. Each word bears the key that it names; whether that one is the server's, the reader decides.</summary>
internal sealed class FoundMonths
{
    private readonly ILookup<string, FoundMonth> _ofKid;

    private FoundMonths(IReadOnlyList<FoundMonth> all) => (All, _ofKid) = (all, all.ToLookup(month => month.Record.Key.Kid, StringComparer.Ordinal));

    /// <summary>In order of their names.</summary>
    public IReadOnlyList<FoundMonth> All { get; }

    /// <summary>Those that say that they are of the key which a key file names: one; or more, where somebody forged some.</summary>
    public IEnumerable<FoundMonth> Of(string kid) => _ofKid[kid];

    /// <summary>Reads them. What is no such word, or lies under another key's name, is passed over.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses one.</exception>
    public static async Task<FoundMonths> ReadAsync(IObjectStore store, CancellationToken cancellation)
    {
        var (records, destroyed) = (new List<FoundMonth>(), new Dictionary<string, FoundDestruction>(StringComparer.Ordinal));
        await foreach (var found in store.ListAsync(ExpiryKeyRecord.Prefix, startAfter: null, cancellation))
        {
            if (found.Size > ExpiryKeyRecord.SizeLimit || await store.GetAsync(found.Name, ExpiryKeyRecord.SizeLimit, cancellation) is not { } content) { continue; }

            var jws = Encoding.ASCII.GetString(content);
            try
            {
                if (ExpiryKeyRecord.IsRecord(found.Name))
                {
                    var (said, signer) = ExpiryKeyRecord.Verify(jws);
                    if (IsWhole(said) && ExpiryMonth.TryParse(said.Month, out var month) && ExpiryKeyRecord.ObjectName(said.Name) == found.Name) { records.Add(new(jws, said, month, signer, null)); }
                }
                else
                {
                    var (said, signer) = KeyDestructionCertificate.Verify(jws);
                    if (said is { Name: not null, Kid: not null } && KeyDestructionCertificate.ObjectName(said.Name) == found.Name) { destroyed[said.Name] = new(jws, said, signer); }
                }
            }
            catch (TrackAlteredException)
            {
                // nobody's word: the key that it stood for is found by nobody, and what was wrapped for it says so
            }
        }

        return new([.. records.Select(found => destroyed.GetValueOrDefault(found.Record.Name) is { } end && end.Certificate.Kid == found.Record.Key.Kid ? found with { Destroyed = end } : found)]);
    }

    private static bool IsWhole(ExpiryKeyRecord said) =>
        said is { Name: not null, Location: not null, Key: { Kid: { Length: > 0 and <= Storage.Catalogue.KeyPass.KidLimit }, Jwk: not null } };
}

/// <summary>A month's key. <paramref name="Destroyed"/>: the word that it is gone; null: there is none.</summary>
internal sealed record FoundMonth(string Jws, ExpiryKeyRecord Record, ExpiryMonth Month, PublicSigningKey Signer, FoundDestruction? Destroyed);

/// <summary>A certificate whose signature matches <paramref name="Signer"/>.</summary>
internal sealed record FoundDestruction(string Jws, KeyDestructionCertificate Certificate, PublicSigningKey Signer);
