using System.CommandLine;
using System.Text;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Certificates;

/// <summary><c>secure-recorder-admin certificate verify FILE</c>: whether a deletion certificate is what the server signed, what it says, and what that proves.</summary>
internal static class CertificateCommand
{
    private const int Verified = 0;
    private const int NotACertificate = 1;
    private const int NoSuchFile = 2;
    private const int NotReadable = 3;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The certificate, as it lies in the bucket's certificates/ (NUMBER.jws)." };
        var serverKey = new Option<string?>("--server-key")
        {
            Description = "The server's key as you know it: its thumbprint, or a file with its JSON Web Key. Without it the key is taken from the file itself.",
            HelpName = "thumbprint or JWK file",
        };
        var verify = new Command(
            "verify",
            "Check the signature of a deletion certificate and print what it says. Needs no server, no database and no network. "
            + "Exit code 0: verified; 1: altered, signed by another server, or no certificate at all; 2: no such file, or --server-key is no key; 3: the file cannot be read.")
        {
            file,
            serverKey,
        };
        verify.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(serverKey), parsed.InvocationConfiguration.Output));
        return new("certificate", "The proof that a session, or a track of it, was deleted.") { verify };
    }

    private static int Run(string path, string? serverKey, TextWriter output)
    {
        if (!File.Exists(path))
        {
            output.WriteLine(Directory.Exists(path) ? $"'{Printable.Line(path)}' is a directory, not a certificate." : $"There is no file '{Printable.Line(path)}'.");
            return NoSuchFile;
        }

        try
        {
            var pinned = serverKey is null ? null : ServerKeyPin.Read(serverKey);
            if (LimitedFile.Read(path, DeletionCertificate.SizeLimit) is not { } bytes) { throw new TrackAlteredException($"A certificate has at most {DeletionCertificate.SizeLimit} bytes; this file has more."); }

            var (certificate, signer) = DeletionCertificate.Verify(Encoding.ASCII.GetString(bytes).Trim());
            if (pinned is not null && pinned != signer.Thumbprint) { throw new TrackAlteredException($"It is signed with the key {signer.Thumbprint}, not with the server's key {pinned}."); }

            Report(certificate, signer.Thumbprint, pinned is not null, output);
            return Verified;
        }
        catch (TrackAlteredException altered)
        {
            output.WriteLine($"NOT VERIFIED. {Printable.Line(altered.Message)}");
            return NotACertificate;
        }
        catch (InvalidDataException noKey)
        {
            output.WriteLine(Printable.Line(noKey.Message));
            return NoSuchFile;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"'{Printable.Line(path)}' cannot be read: {Printable.Line(refused.Message)}");
            return NotReadable;
        }
    }

    private static void Report(DeletionCertificate certificate, string signer, bool pinned, TextWriter output)
    {
        foreach (var (name, value) in Facts(certificate)) { output.WriteLine($"{name,-22}{Printable.Line(value)}"); }
        output.WriteLine($"{"Server's key",-22}{signer}{(pinned ? " (as given with --server-key)" : " (taken from the file itself)")}");
        output.WriteLine();
        output.WriteLine(pinned
            ? "VERIFIED. The server signed this, and nothing was changed since."
            : "VERIFIED, with the key that the file itself names. To be sure whose key that is, compare its thumbprint with the organization's, or pass it with --server-key.");
        output.WriteLine($"It proves that the server listed the bucket {Time(certificate.At)} and found nothing of {WhatOf(certificate)} any more: no object, no earlier version, no delete marker, no unfinished upload, and no key with which a copy could be opened. It does not prove that nobody had made an open copy before.");
    }

    private static IEnumerable<(string Name, string Value)> Facts(DeletionCertificate certificate)
    {
        yield return ("Deleted", WhatOf(certificate));
        yield return ("Because", certificate.Reason switch { DeletionReason.Withdrawn => "the recorded person had it erased", DeletionReason.Expired => "its time was over", var other => other });
        if (certificate.Policy is { } policy) { yield return ("Retention policy", policy); }
        foreach (var track in certificate.Tracks) { yield return ($"Track {track.Track}", $"{track.Segments:N0} segments, {Words.Size(track.Size)}, as they were committed"); }
        if (certificate.BeganAt is { } began) { yield return ("Began", Time(began)); }
        if (certificate.Deleted is { } deleted)
        {
            yield return ("Objects", $"{deleted.Objects:N0}: {deleted.Versions:N0} versions with {deleted.Bytes:N0} bytes, {deleted.DeleteMarkers:N0} delete markers, {deleted.Uploads:N0} unfinished uploads");
            if (deleted.First is { } first) { yield return ("First and last name", $"{first}, {deleted.Last}"); }
        }

        if (certificate.Listing is { } listing) { yield return ("Listed again", $"everything below {listing.Prefix} in the location '{listing.Location}' ({listing.Region}), {Time(listing.At)}: nothing"); }
        else { yield return ("Listed again", $"everything of it, {Time(certificate.At)}: nothing (version 1 says no more)"); }
        if (certificate.By is { } by) { yield return ("By", $"{by.Job}, run {by.Run}, on {by.Node}"); }
    }

    private static string WhatOf(DeletionCertificate certificate) => certificate.Track is { } track ? $"the track '{track}' of session {certificate.Session}" : $"session {certificate.Session}";

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:d MMMM yyyy, HH:mm:ss} UTC";
}
