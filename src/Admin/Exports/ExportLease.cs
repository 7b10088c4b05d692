using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Exports;

/// <summary>A builder's hold on an export: every second it says that it lives and how far it is, and looks whether the export is still wanted, allowed, and its recording there.</summary>
internal sealed class ExportLease : IAsyncDisposable
{
    /// <summary>So long after its last word a builder counts as dead.</summary>
    internal static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    /// <summary>So long after its last word a builder stops by itself, sooner than anybody counts it as dead.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly IServiceScopeFactory _scopes;
    private readonly RecordingExport _export;
    private readonly ExportProgress _progress;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _held;
    private readonly CancellationTokenSource _over;
    private readonly Task _holding;

    private ExportLease(IServiceScopeFactory scopes, RecordingExport export, ExportProgress progress, TimeProvider clock, CancellationToken stopping)
    {
        (_scopes, _export, _progress, _clock) = (scopes, export, progress, clock);
        _held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _holding = HoldAsync();
    }

    /// <summary>Cancelled when it is lost.</summary>
    public CancellationToken Held => _held.Token;

    /// <summary>Why it was lost, in words; null: it was not.</summary>
    public string? Lost { get; private set; }

    /// <param name="export">As the builder claimed it.</param>
    public static ExportLease Hold(IServiceScopeFactory scopes, RecordingExport export, ExportProgress progress, TimeProvider clock, CancellationToken stopping) =>
        new(scopes, export, progress, clock, stopping);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _holding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
        _held.Dispose();
    }

    private async Task HoldAsync()
    {
        var last = _clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(Every, _clock, _over.Token);
            try
            {
                Lost = await RenewAsync(_over.Token);
                last = _clock.GetTimestamp();
            }
            catch (Exception away) when (!_over.IsCancellationRequested)
            {
                if (_clock.GetElapsedTime(last) > Doubt) { Lost = $"The catalogue does not answer: {away.Message}"; }
            }

            if (Lost is not null)
            {
                await _held.CancelAsync();
                return;
            }
        }
    }

    /// <returns>Why it must not go on; null: it may.</returns>
    private async Task<string?> RenewAsync(CancellationToken cancellation)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var catalogue = scope.ServiceProvider.GetRequiredService<CatalogueDb>();
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == _export.Session, cancellation);
        if (session.State.IsDeleted()) { return "The recording was erased meanwhile."; }
        if (!await scope.ServiceProvider.GetRequiredService<ExportRight>().HoldsAsync(_export, session, cancellation)) { return "The right to this recording is gone."; }

        DateTimeOffset? until = _clock.GetUtcNow() + Length;
        var percent = _progress.Percent;
        return await catalogue.Exports.Where(e => e.Id == _export.Id && e.State == ExportState.Building && e.Builder == _export.Builder)
            .ExecuteUpdateAsync(row => row.SetProperty(e => e.LeaseUntil, until).SetProperty(e => e.Percent, percent), cancellation) == 1
            ? null
            : "It was taken from this server.";
    }
}
