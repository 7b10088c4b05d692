using System.CommandLine;
using SecureRecorder.RetentionJobs.Verification;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Operation;

/// <summary><c>secure-recorder-admin verify --session ID</c>: reads a session back from the bucket, every byte of it.</summary>
internal static class VerifyCommand
{
    private const int Verified = 0;
    private const int NotWhole = 1;
    private const int NoSuchSession = 2;
    private const int StoreAway = 3;

    public static Command Create(Func<string[], WebApplication> build)
    {
        var session = new Option<Guid>("--session") { Description = "The session's id.", Required = true };
        var command = new Command(
            "verify",
            "Read a session back from the bucket and check every signature, digest and tag. Exit code 0: verified; 1: incomplete, altered or unreadable; 2: no such session; 3: the bucket or the key vault does not answer.")
        {
            session,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var app = build([.. parsed.UnmatchedTokens]);
            await using var scope = app.Services.CreateAsyncScope();
            return await RunAsync(scope.ServiceProvider, parsed.GetValue(session), Console.Out, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, Guid session, TextWriter output, CancellationToken cancellation)
    {
        try
        {
            var outcome = await ActivatorUtilities.CreateInstance<VerifyRecording>(services).RunAsync(session, cancellation);
            if (outcome is not VerifyRecording.Outcome.Verified verified)
            {
                await output.WriteLineAsync($"There is no session {session} in the catalogue.");
                return NoSuchSession;
            }

            foreach (var track in verified.Tracks)
            {
                await output.WriteLineAsync($"{track.Track,-12}{track.Status.ToString().ToLowerInvariant(),-12}{track.Segments,6} segments {track.Size,12:N0} bytes");
                foreach (var finding in track.Findings) { await output.WriteLineAsync($"  {finding}"); }
            }

            await output.WriteLineAsync($"session {session} is {verified.State.ToString().ToLowerInvariant()}{(verified.IsWhole ? " and verified" : ", and does not verify")}");
            return verified.IsWhole ? Verified : NotWhole;
        }
        catch (Exception away) when (away is ObjectStoreException or KeyServiceException)
        {
            await output.WriteLineAsync(away.Message);
            return StoreAway;
        }
    }
}
