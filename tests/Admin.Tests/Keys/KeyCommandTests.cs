using System.CommandLine;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Admin.Tests.Keys;

public sealed class KeyCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("key-command");

    private string Kek => Path.Combine(_folder.FullName, "kek.pem");
    private string PassphraseFile => Path.Combine(_folder.FullName, "passphrase");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_new_key_is_shown_without_its_private_half_and_proves_itself()
    {
        OwnerOnlyFile.Create(PassphraseFile, "a passphrase of the tests\n");
        var (made, said, _) = await RunAsync("new", Kek, "--bits", "4096", "--passphrase-file", PassphraseFile);
        Assert.Equal(0, made);
        using var key = LocalKeyFile.Open(Kek, "a passphrase of the tests");
        Assert.Contains(key.Id, said, StringComparison.Ordinal);
        Assert.Contains("encrypted with the passphrase", said, StringComparison.Ordinal);

        var (shown, json, _) = await RunAsync("show", Kek, "--passphrase-file", PassphraseFile);
        Assert.Equal(0, shown);
        Assert.Equal(key.PublicKey, System.Text.Json.JsonSerializer.Deserialize<KekPublicKey>(json, System.Text.Json.JsonSerializerOptions.Web));
        Assert.DoesNotContain("\"d\"", json, StringComparison.OrdinalIgnoreCase);

        var (checkedIt, proof, _) = await RunAsync("check", Kek, "--passphrase-file", PassphraseFile);
        Assert.Equal(0, checkedIt);
        Assert.Contains($"{key.Id} wraps and unwraps", proof, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_wrong_is_said_in_one_line_with_its_own_exit_code()
    {
        OwnerOnlyFile.Create(PassphraseFile, "another passphrase\n");
        LocalKeyFile.Create(Kek, "a passphrase of the tests");
        var before = await File.ReadAllTextAsync(Kek, TestContext.Current.CancellationToken);

        foreach (var (code, words, args) in ((int, string, string[])[])
            [
                (1, "exists already", ["new", Kek]),
                (1, "not 2048", ["new", Kek + ".new", "--bits", "2048"]),
                (1, "no passphrase is set", ["check", Kek]),
                (1, "the passphrase is wrong", ["check", Kek, "--passphrase-file", PassphraseFile]),
                (2, "nothing.pem' does not exist", ["show", Path.Combine(_folder.FullName, "nothing.pem")]),
                (2, "nothing' does not exist", ["show", Kek, "--passphrase-file", Path.Combine(_folder.FullName, "nothing")]),
            ])
        {
            var (exit, said, error) = await RunAsync(args);
            Assert.Equal((code, ""), (exit, said));
            Assert.Contains(words, error, StringComparison.Ordinal);
            Assert.Single(error.Trim().Split('\n'));
        }

        Assert.Equal(before, await File.ReadAllTextAsync(Kek, TestContext.Current.CancellationToken));
        Assert.Equal(["kek.pem", "passphrase"], _folder.GetFiles().Select(file => file.Name).Order());
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await KeyCommand.Create().Parse(args).InvokeAsync(new() { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
