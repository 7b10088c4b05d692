using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>Where the server keeps its own files. Bound from the root of the configuration; checked before the host starts.</summary>
public sealed class DataOptions
{
    /// <summary>Folder for catalogue.db, keys/ and, for a folder location, bucket/. Default <c>.data</c> in the working directory.</summary>
    [Required(ErrorMessage = "DataDirectory is empty. Set it to the folder in which the server keeps its files.")]
    public string DataDirectory { get; init; } = ".data";
}

[OptionsValidator]
internal sealed partial class DataOptionsValidator : IValidateOptions<DataOptions>;

/// <summary>The server's own folder, created readable by its owner only.</summary>
internal sealed class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public DataFolder(IOptions<DataOptions> options)
    {
        Root = Path.GetFullPath(options.Value.DataDirectory);
        Keys = Path.Combine(Root, "keys");
        CreateOwnerOnly(Root);
        CreateOwnerOnly(Keys);
    }

    public string Root { get; }
    public string Keys { get; }
    public string Bucket => Path.Combine(Root, "bucket");
    public string ConnectionString => ConnectionStringOf(Root);

    /// <param name="folder">Null: the default.</param>
    public static string ConnectionStringOf(string? folder) => $"Data Source={Path.Combine(Path.GetFullPath(string.IsNullOrEmpty(folder) ? new DataOptions().DataDirectory : folder), "catalogue.db")}";

    private static void CreateOwnerOnly(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) { Directory.CreateDirectory(folder); }
            else if (!Directory.Exists(folder)) { Directory.CreateDirectory(folder, OwnerOnly); }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder '{folder}' (DataDirectory) cannot be made: {refused.Message}", refused);
        }
    }
}
