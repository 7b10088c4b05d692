using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions.Labels;

/// <summary>The organization's list of labels: makes them, takes them off the list and back, and marks them sensitive. Each method returns why not, or null.</summary>
/// <remarks>A label is never renamed and never removed: sessions hold its name, and rights and approvals hang on it.</remarks>
internal sealed class ChangeLabel(CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<string?> CreateAsync(string actor, string? name, bool isSensitive, CancellationToken cancellation)
    {
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length is 0 or > SessionLabel.NameLimit || trimmed.Any(char.IsControl)) { return $"Enter a name for the label, at most {SessionLabel.NameLimit} characters."; }

        var normalized = trimmed.ToUpperInvariant();
        if (await catalogue.Labels.AnyAsync(label => label.NormalizedName == normalized, cancellation)) { return Taken(trimmed); }

        catalogue.Labels.Add(new() { Name = trimmed, NormalizedName = normalized, IsSensitive = isSensitive });
        catalogue.Record(clock, actor, "label.created", null, AuditOutcome.Allowed, isSensitive ? $"{trimmed}: sensitive" : trimmed);
        try
        {
            await catalogue.SaveChangesAsync(cancellation);
            return null;
        }
        catch (DbUpdateException) when (!cancellation.IsCancellationRequested)
        {
            catalogue.ChangeTracker.Clear();
            if (await catalogue.Labels.AnyAsync(label => label.NormalizedName == normalized, cancellation)) { return Taken(trimmed); } // somebody was faster

            throw;
        }
    }

    /// <summary>Watching any session with it needs an approval from now on. There is no way back.</summary>
    public Task<string?> MarkSensitiveAsync(string actor, string? name, CancellationToken cancellation) =>
        ChangeAsync(actor, name, "label.sensitive", label => label.IsSensitive = true, cancellation);

    /// <summary>Offers it no more for new sessions, or again.</summary>
    public Task<string?> OfferAsync(string actor, string? name, bool offered, CancellationToken cancellation) =>
        ChangeAsync(actor, name, offered ? "label.offered" : "label.retired", label => label.RetiredAt = offered ? null : clock.GetUtcNow(), cancellation);

    private async Task<string?> ChangeAsync(string actor, string? name, string action, Action<SessionLabel> change, CancellationToken cancellation)
    {
        if (await catalogue.Labels.SingleOrDefaultAsync(label => label.Name == name, cancellation) is not { } label) { return $"There is no label '{name}'. Choose one from the list."; }

        change(label);
        catalogue.Record(clock, actor, action, null, AuditOutcome.Allowed, label.Name);
        await catalogue.SaveChangesAsync(cancellation);
        return null;
    }

    private static string Taken(string name) => $"There is a label '{name}' already, or one that differs in capitals only.";
}
