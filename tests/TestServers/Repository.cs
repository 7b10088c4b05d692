namespace SecureRecorder.TestServers;

/// <summary>The clone that the tests run from.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file of the clone, e.g. <c>deploy/local-s3.sh</c>.</summary>
    /// <exception cref="FileNotFoundException">The clone has no such file.</exception>
    public static string File(string relativePath)
    {
        var path = Path.Combine(Root, relativePath);
        return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"The clone at {Root} has no {relativePath}.", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "SecureRecorder.sln"))) { return folder.FullName; }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds SecureRecorder.sln.");
    }
}
