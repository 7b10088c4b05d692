using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tests.Keys;

/// <summary>A key encryption key in a file of its own, made once a class: making one takes a while.</summary>
public sealed class TestKek : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kek");

    public TestKek() => Key = LocalKeyFile.OpenOrCreate(Path);

    public string Path => System.IO.Path.Combine(_folder.FullName, "kek.pem");

    public LocalKeyFile Key { get; }

    public void Dispose()
    {
        Key.Dispose();
        _folder.Delete(recursive: true);
    }
}
