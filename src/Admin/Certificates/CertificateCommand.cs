using System.CommandLine;
using System.Text;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Certificates;

/// <summary><c>secure-recorder-admin certificate verify FILE</c>: whether a deletion certificate, or that of a key's destruction, is what the server signed, what it says, and what that proves.</summary>
internal static class CertificateCommand
{
    private const int Verified = 0;
    private const int NotACertificate = 1;
    private const int NoSuchFile = 2;
    private const int NotReadable = 3;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The certificate, as it lies in the bucket's certificates/ (NUMBER.jws), or that of a key's destruction, in keys/ (NAME.destroyed.jws)." };
        var serverKey = new Option<string?>("--server-key")
        {
            Description = "The server's key as you know it: its thumbprint, or a file with its JSON Web Key. Without it the key is taken from the file itself.",
            HelpName = "thumbprint or JWK file",
        };
        var verify = new Command(
            "verify",
            "Check the signature of a deletion certificate, or of a certificate of a key's destruction, and print what it says. Needs no server, no database and no network. "
            + "Exit code 0: verified; 1: altered, signed by another server, or no certificate at all; 2: no such file, or --server-key is no key; 3: the file cannot be read.")
        {
            file,
            serverKey,
        };
        verify.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(serverKey), parsed.InvocationConfiguration.Output));
        return new("certificate", "The proof that a session, or a track of it, was deleted, or that a month's key was destroyed.") { verify };
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

            var (said, signer) = Read(Encoding.ASCII.GetString(bytes).Trim());
            if (pinned is not null && pinned != signer.Thumbprint) { throw new TrackAlteredException($"It is signed with the key {signer.Thumbprint}, not with the server's key {pinned}."); }

            Report(said, signer.Thumbprint, pinned is not null, output);
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

    /// <exception cref="TrackAlteredException">It is neither.</exception>
    private static (Said Said, PublicSigningKey Signer) Read(string compactJws)
    {
        switch (Jws.TypeOf(compactJws))
        {
            case KeyDestructionCertificate.JwsType:
                var (destruction, byServer) = KeyDestructionCertificate.Verify(compactJws);
                return (new(Facts(destruction), Proof(destruction)), byServer);
            case null or DeletionCertificate.JwsType:
                var (deletion, signer) = DeletionCertificate.Verify(compactJws);
                return (new(Facts(deletion), Proof(deletion)), signer);
            case var other:
                throw new TrackAlteredException($"This is neither a deletion certificate nor that of a key's destruction: its type is '{other}'.");
        }
    }

    private static void Report(Said said, string signer, bool pinned, TextWriter output)
    {
        foreach (var (name, value) in said.Facts) { output.WriteLine($"{name,-22}{Printable.Line(value)}"); }
        output.WriteLine($"{"Server's key",-22}{signer}{(pinned ? " (as given with --server-key)" : " (taken from the file itself)")}");
        output.WriteLine();
        output.WriteLine(pinned
            ? "VERIFIED. The server signed this, and nothing was changed since."
            : "VERIFIED, with the key that the file itself names. To be sure whose key that is, compare its thumbprint with the organization's, or pass it with --server-key.");
        output.WriteLine(Printable.Line(said.Proof));
    }

    private static string Proof(DeletionCertificate certificate) =>
        $"It proves that the server listed the bucket {Time(certificate.At)} and found nothing of {WhatOf(certificate)} any more: no object, no earlier version, no delete marker, no unfinished upload, and no key with which a copy could be opened. It does not prove that nobody had made an open copy before."
        + (certificate.Keys is { Count: > 0 } ? " A backup of the bucket still holds its data keys, wrapped for the keys above: where that is all it holds of them, it opens nothing any more when these are destroyed, and each destruction has a certificate of its own." : "");

    private static string Proof(KeyDestructionCertificate certificate) =>
        $"It proves that the server destroyed this key{(certificate.RecoverableUntil is { } until ? $", and that the owner of its store could bring it back until {Time(until)}; from then on nobody can" : ", and that its store keeps nothing of it")}: no copy of the bucket and the database opens what was wrapped for it. It does not prove that nobody had copied the key out of its store, or its files, before.";

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
        foreach (var key in certificate.Keys ?? []) { yield return ("Key of its data keys", $"{key.Kid}: its month is over on {Day(key.Over)}; it is destroyed after that"); }
        if (certificate.By is { } by) { yield return ("By", $"{by.Job}, run {by.Run}, on {by.Node}"); }
    }

    private static IEnumerable<(string Name, string Value)> Facts(KeyDestructionCertificate certificate)
    {
        yield return ("Destroyed", $"the key '{certificate.Name}', {Time(certificate.At)}");
        yield return ("Of", $"what expired in {(ExpiryMonth.TryParse(certificate.Month, out var month) ? month.InWords : certificate.Month)} in the location '{certificate.Location}'");
        yield return ("As key files name it", certificate.Kid.Length == 0 ? "it was never made: nothing was wrapped for it" : certificate.Kid);
        yield return ("Its store", certificate.Store);
        yield return ("Made", Time(certificate.MadeAt));
        yield return ("Can be brought back", certificate.RecoverableUntil is { } until ? $"by the owner of its store, until {Time(until)}" : "by nobody");
    }

    private static string WhatOf(DeletionCertificate certificate) => certificate.Track is { } track ? $"the track '{track}' of session {certificate.Session}" : $"session {certificate.Session}";

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:d MMMM yyyy, HH:mm:ss} UTC";

    private static string Day(DateTimeOffset time) => $"{time.UtcDateTime:d MMMM yyyy}";

    /// <param name="Facts">What it says.</param>
    /// <param name="Proof">What that proves, and what not.</param>
    private sealed record Said(IEnumerable<(string Name, string Value)> Facts, string Proof);
}
