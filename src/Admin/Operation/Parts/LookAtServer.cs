namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>Looks at every part, one after the other and each for a while only: a part that hangs is broken, and keeps nobody from seeing the others.</summary>
internal sealed partial class LookAtServer(IEnumerable<IServerPart> parts, ILogger<LookAtServer> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<PartHealth>> RunAsync(CancellationToken cancellation)
    {
        var found = new List<PartHealth>();
        foreach (var part in parts) { found.Add(await LookAsync(part, cancellation)); }
        return found;
    }

    private async Task<PartHealth> LookAsync(IServerPart part, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return await part.LookAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(failed, part.Name);
            return PartHealth.Of(part.Name, PartState.Broken, "It does not answer. The reason is in the server's log.");
        }
    }

    [LoggerMessage(2011, LogLevel.Warning, "{Part} could not be looked at")]
    private partial void LogFailed(Exception failure, string part);
}
