using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;

namespace SecureRecorder.Recorder.Upload;

/// <summary>Finishes the sessions that recorders left in a spool, each when its own server takes it.</summary>
internal sealed class DrainSpool(string root, Uri server, HttpClient http, SpoolBudget budget, TimeProvider time, Terminal terminal)
{
    /// <summary>Sessions that remain in the spool because nobody takes them.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(root)) { return 0; }

        var remaining = 0;
        foreach (var folder in Directory.EnumerateDirectories(root).Order().ToList())
        {
            if (!Guid.TryParseExact(Path.GetFileName(folder), "D", out _)) { continue; }
            try
            {
                List<string> findings = [];
                var spool = SessionSpool.TryReopen(folder, budget, findings);
                foreach (var finding in findings) { terminal.Warn(finding); }
                if (spool is not null && !await DrainAsync(spool, cancellation)) { remaining++; }
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                terminal.Warn($"What a recorder left in {folder} cannot be finished: {refused.Message}");
                remaining++;
            }
        }

        return remaining;
    }

    /// <summary>Whether nothing of it remains.</summary>
    private async Task<bool> DrainAsync(SessionSpool spool, CancellationToken cancellation)
    {
        using (spool)
        {
            var (objects, bytes) = spool.Waiting;
            if (spool.Server != server)
            {
                terminal.Warn($"Session {spool.Id} ({Readable.Size(bytes)}) was recorded for {spool.Server}. To finish it: secure-recorder drain --server {spool.Server} --spool {Path.GetDirectoryName(spool.Folder)}");
                return false;
            }

            terminal.Say($"Finishing session {spool.Id}, which a recorder left behind: {objects} objects, {Readable.Size(bytes)}.");
            try
            {
                using var delivery = new SessionDelivery(spool, http, time, terminal);
                delivery.Hurry();
                await delivery.RunAsync(cancellation);
                var state = await delivery.FinishAsync(cancellation);
                spool.Delete();
                terminal.Say($"Session {spool.Id} is now {state}.");
                return true;
            }
            catch (ServerRefusedException refused)
            {
                if (spool.Waiting.Objects == 0)
                {
                    spool.Delete();
                    terminal.Say($"Session {spool.Id} is wholly stored; the server closed it meanwhile. ({refused.Message})");
                    return true;
                }

                terminal.Warn($"Session {spool.Id} cannot be finished. {refused.Message} What is left of it, sealed, is in {spool.Folder}; delete that folder when nobody needs it.");
                return false;
            }
        }
    }
}
