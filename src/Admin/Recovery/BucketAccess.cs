using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Recovery;

/// <summary>The bucket that a recovery reads, opened without a server's configuration: an S3 server's, or a folder that mirrors one.</summary>
/// <param name="Folder">The folder; null: it is an S3 server's bucket.</param>
/// <param name="InWords">Where it is, for reports.</param>
internal sealed record BucketAccess(IObjectStore Store, string? Folder, string InWords) : IDisposable
{
    public const string KeyId = "AWS_ACCESS_KEY_ID";
    public const string Secret = "AWS_SECRET_ACCESS_KEY";

    /// <param name="credentials">A file of its owner's with the credential; null: the environment has it.</param>
    /// <exception cref="InvalidDataException">An option is not what it must be; the message names it.</exception>
    public static BucketAccess Open(string bucket, Uri? endpoint, string region, string prefix, string? credentials, TimeProvider clock)
    {
        if (endpoint is null) { return OpenFolder(bucket, prefix, credentials, clock); }

        var (id, secret) = credentials is null ? (Environment.GetEnvironmentVariable(KeyId), Environment.GetEnvironmentVariable(Secret)) : ReadCredential(credentials);
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(secret)) { throw new InvalidDataException($"Set {KeyId} and {Secret} to a credential that may list and read the bucket, or name a file that has it with --credentials."); }

        var location = new S3LocationOptions { Endpoint = endpoint, Bucket = bucket, Region = region, Prefix = prefix, AccessKeyId = id, SecretAccessKey = secret };
        var failures = new List<ValidationResult>();
        if (!Validator.TryValidateObject(location, new(location), failures, validateAllProperties: true)) { throw new InvalidDataException(string.Join('\n', failures.Select(failure => failure.ErrorMessage))); }

        return new(new S3ObjectStore(location, clock), null, $"{bucket}/{prefix} at {endpoint}");
    }

    public void Dispose() => (Store as IDisposable)?.Dispose();

    private static BucketAccess OpenFolder(string bucket, string prefix, string? credentials, TimeProvider clock)
    {
        if (credentials is not null) { throw new InvalidDataException("--credentials is for a bucket on an S3 server: name it with --endpoint."); }

        var folder = Path.GetFullPath(Path.Combine(bucket, prefix));
        if (!Directory.Exists(folder)) { throw new InvalidDataException($"--bucket: there is no folder '{folder}'. For a bucket on an S3 server, name the server with --endpoint."); }

        var noUploads = new FolderUploadAddresses(new Uri("http://nowhere.invalid/"), RandomNumberGenerator.GetBytes(32), clock);
        return new(new FolderObjectStore(folder, noUploads), folder, folder);
    }

    /// <summary>As the AWS tools keep it: <c>aws_access_key_id = …</c> and <c>aws_secret_access_key = …</c>.</summary>
    private static (string? Id, string? Secret) ReadCredential(string path)
    {
        var settings = OwnerOnlyFile.Read(path, "file of --credentials").Split('\n').Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2).ToList();
        return (Of(KeyId), Of(Secret));

        string Of(string name) => settings.Find(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase)) is [_, { Length: > 0 } value]
            ? value
            : throw new InvalidDataException($"--credentials '{path}' has no line '{name.ToLowerInvariant()} = …'.");
    }
}
