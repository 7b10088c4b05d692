using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Which server's keys count while a catalogue is rebuilt: those that were named; where none was, one: that of the audit trail, or else that of whatever is read first (a certificate, a month's key, a session).</summary>
/// <remarks>Whoever can write into the bucket can put a session there that is consistent in itself, under a server's key of their own (FORMAT.md §9).</remarks>
internal sealed class AcceptedKeys(IReadOnlyCollection<string> named, string own, IReadOnlyCollection<string> ofAuditTrail)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _accepted = [own, .. named, .. named.Count == 0 ? ofAuditTrail : []];
    private readonly Dictionary<string, PublicSigningKey> _earlier = new(StringComparer.Ordinal);
    private bool _isFixed = named.Count > 0 || ofAuditTrail.Count > 0;

    /// <summary>Keys other than this server's own under which something was taken over.</summary>
    public IReadOnlyCollection<PublicSigningKey> Earlier
    {
        get { lock (_gate) { return [.. _earlier.Values]; } }
    }

    public bool Accept(PublicSigningKey signer)
    {
        lock (_gate)
        {
            if (!_isFixed && signer.Thumbprint != own) { _isFixed = _accepted.Add(signer.Thumbprint); }
            if (!_accepted.Contains(signer.Thumbprint)) { return false; }
            if (signer.Thumbprint != own) { _earlier[signer.Thumbprint] = signer; }
            return true;
        }
    }
}
