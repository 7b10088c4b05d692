using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Locations;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The disk with the data folder: keys, and, where they are files, catalogue and recordings.</summary>
internal sealed class DiskPart(DataFolder folder, IOptions<LocationOptions> location, IOptions<CatalogueOptions> catalogue) : IServerPart
{
    /// <summary>Below this part of the disk, or these bytes, whichever is less, an operator should look.</summary>
    private const double LowPart = 0.1;
    private const long LowBytes = 10L << 30;

    /// <summary>Below these bytes nothing works for long.</summary>
    private const long NoneBytes = 512L << 20;

    public string Name => "Disk";

    public Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var disk = new DriveInfo(folder.Root);
        var (free, total) = (disk.AvailableFreeSpace, disk.TotalSize);
        var (state, words) = Judge(free, total);
        return Task.FromResult(PartHealth.Of(
            Name, state, words, ("Free", $"{Words.Size(free)} of {Words.Size(total)}"), ("Data folder", folder.Root),
            ("On it", string.Join(", ", Things))));
    }

    private IEnumerable<string> Things
    {
        get
        {
            yield return "keys";
            if (catalogue.Value.Kind == CatalogueOptions.Sqlite) { yield return "catalogue"; }
            if (location.Value.Kind == LocationOptions.Folder) { yield return "recordings"; }
        }
    }

    /// <param name="free">Bytes.</param>
    /// <param name="total">Bytes.</param>
    internal static (PartState State, string Words) Judge(long free, long total) => free switch
    {
        < NoneBytes => (PartState.Broken, "It is full, or nearly. Make room: nothing can be recorded on a full disk."),
        _ when free < Math.Min(LowBytes, (long)(total * LowPart)) => (PartState.Warning, "It is filling up. Make room, or move the data folder to a larger disk."),
        _ => (PartState.Fine, "There is room."),
    };
}
