using System.CommandLine;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Audit;

/// <summary>The operator's verbs, on what a server left behind when it stopped.</summary>
public sealed class AuditCommandTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-command-").FullName;
    private Server server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        await technician.StartSessionAsync();
        await server.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_a_server_left_behind_verifies_to_its_last_row()
    {
        var (code, printed) = await RunAsync("verify", "--bucket");
        Assert.True(code == 0, printed);
        Assert.StartsWith("VERIFIED.", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("no checkpoint yet", printed, StringComparison.Ordinal); // the stop made one
    }

    [Fact]
    public async Task The_file_and_the_checkpoints_suffice_elsewhere()
    {
        var key = (await File.ReadAllTextAsync(Path.Combine(server.Data, "keys", "server.pem"))) is var pem ? SigningKey.FromPem(pem) : null!;
        SqliteConnection.ClearAllPools();
        File.Copy(Catalogue, Path.Combine(folder, "copy.db"));
        Directory.CreateDirectory(Path.Combine(folder, "audit"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(server.Data, "bucket", "audit"), "*.jws")) { File.Copy(file, Path.Combine(folder, "audit", Path.GetFileName(file))); }
        string[] elsewhere = ["verify", "--catalogue", Path.Combine(folder, "copy.db"), "--checkpoints", folder, $"--DataDirectory={folder}"];

        var (unknown, why) = await RunAsync(elsewhere);
        Assert.Equal(2, unknown);
        Assert.Contains("--server-key", why, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync([.. elsewhere, "--server-key", key.Public.Thumbprint])).Code);
        var (foreign, printed) = await RunAsync([.. elsewhere, "--server-key", "somebody-elses"]);
        Assert.Equal(1, foreign);
        Assert.Contains("is signed by", printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "keys")));
        key.Dispose();
    }

    [Theory]
    [InlineData("UPDATE Audit SET Actor = 'eve' WHERE Id = 2", "Row 2 was changed")]
    [InlineData("DELETE FROM Audit WHERE Id = 2", "Row 2 was removed")]
    [InlineData("UPDATE Audit SET Id = -1 WHERE Id = 2; UPDATE Audit SET Id = 2 WHERE Id = 3; UPDATE Audit SET Id = 3 WHERE Id = -1", "Row 2 was moved")]
    [InlineData("DELETE FROM Audit WHERE Id > 2; DELETE FROM sqlite_sequence", "The rows from 3 to")]
    public async Task A_row_that_somebody_touched_is_named(string sql, string words)
    {
        await TamperAsync(sql);
        var (code, printed) = await RunAsync("verify");
        Assert.Equal(1, code);
        Assert.StartsWith("TAMPERED WITH. " + words, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_removed_or_changed_is_named()
    {
        var last = Directory.EnumerateFiles(Path.Combine(server.Data, "bucket", "audit"), "*.jws").Order(StringComparer.Ordinal).First();
        var content = await File.ReadAllBytesAsync(last);
        content[^5] ^= 1;
        await File.WriteAllBytesAsync(last, content);
        var (code, printed) = await RunAsync("verify");
        Assert.Equal(1, code);
        Assert.Contains("TAMPERED WITH.", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "There is no catalogue", "verify", "--catalogue", "/nowhere.db")]
    [InlineData(2, "is no catalogue", "verify", "--catalogue", "/etc/passwd")]
    [InlineData(2, "", "verify", "--checkpoints", "/nowhere")]
    [InlineData(1, "one or the other", "verify", "--bucket", "--checkpoints", "/tmp")]
    [InlineData(1, "'yesterday' is not a time", "export", "--from", "yesterday")]
    [InlineData(1, "xml", "export", "--format", "xml")]
    [InlineData(2, "exists", "export", "--out", "/etc/passwd")]
    public async Task What_cannot_be_is_said(int expected, string words, params string[] arguments)
    {
        var (code, printed) = await RunAsync(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(words, printed, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Export_writes_every_row_or_those_of_a_time()
    {
        Assert.Equal(0, (await RunAsync("export", "--format", "jsonl", "--out", Out("all.jsonl"))).Code);
        var lines = (await File.ReadAllLinesAsync(Out("all.jsonl"))).Select(line => JsonSerializer.Deserialize(line, FormatJson.Default.AuditLine)!).ToList();
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(i => (long)i), lines.Select(line => line.Sequence));
        Assert.Contains(lines, line => line is { Actor: Technician.UserName, Action: "session.created" or "session.started" });

        Assert.Equal(0, (await RunAsync("export", "--format", "syslog", "--out", Out("all.syslog"))).Code);
        var messages = await File.ReadAllLinesAsync(Out("all.syslog"));
        Assert.Equal(lines.Count, messages.Length);
        Assert.All(messages, message => Assert.Matches(@"^<(110|108|107)>1 \S+Z \S+ secure-recorder - \S+ \[audit@32473 sequence=""\d+"" .*\]$", message));

        var middle = lines[lines.Count / 2].At;
        Assert.Equal(0, (await RunAsync("export", "--from", FormatTimeConverter.Format(middle), "--out", Out("late"))).Code);
        Assert.Equal(0, (await RunAsync("export", "--to", FormatTimeConverter.Format(middle), "--out", Out("early"))).Code);
        var (early, late) = ((await File.ReadAllLinesAsync(Out("early"))).Length, (await File.ReadAllLinesAsync(Out("late"))).Length);
        Assert.Equal((lines.Count, lines.Count(line => line.At >= middle)), (early + late, late));
    }

    private string Catalogue => Path.Combine(server.Data, "catalogue.db");

    private string Out(string name) => Path.Combine(folder, name);

    private async Task<(int Code, string Printed)> RunAsync(params string[] arguments)
    {
        await using var printed = new StringWriter();
        var command = new RootCommand { AuditCommand.Create(settings => Program.Build(settings)) };
        var code = await command.Parse(["audit", .. arguments, .. arguments.Any(argument => argument.StartsWith("--DataDirectory", StringComparison.Ordinal)) ? [] : (string[])[$"--DataDirectory={server.Data}"]]).InvokeAsync(new InvocationConfiguration { Output = printed, Error = printed });
        return (code, printed.ToString());
    }

    private async Task TamperAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Catalogue};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "DROP TRIGGER Audit_NoUpdate; DROP TRIGGER Audit_NoDelete; DROP TRIGGER Audit_OnlyAppend; " + sql;
        await command.ExecuteNonQueryAsync();
    }
}
