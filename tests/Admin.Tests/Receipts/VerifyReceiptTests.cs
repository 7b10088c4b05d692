using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Receipts;

/// <summary>C4: anyone can verify a receipt offline, and no changed one passes.</summary>
public sealed class VerifyReceiptTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("receipts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_receipt_of_the_server_is_accepted_and_said_in_plain_words()
    {
        using var person = await AllowedAsync();
        var asked = await person.NoticeAsync();
        var kept = await DownloadAsync(person);
        var (code, said) = Verify(kept);
        Assert.True(code == 0, said);
        foreach (var line in asked.Text.Split('\n').Where(line => line.Length > 0)) { Assert.Contains(line, said, StringComparison.Ordinal); }

        var file = JsonNode.Parse(kept)!;
        Assert.Contains($"allowed: the screen {(asked.Choices.Chat ? "and the chat may" : "may be recorded, the chat may not")}", said, StringComparison.Ordinal);
        Assert.Contains($"'{asked.Notice.Id}', version {asked.Notice.Version}, language {asked.Notice.Language}", said, StringComparison.Ordinal);
        Assert.Contains(asked.Controller, said, StringComparison.Ordinal);
        Assert.Contains(asked.Session.ToString(), said, StringComparison.Ordinal);
        Assert.Contains(ServerThumbprint(file), said, StringComparison.Ordinal);
        Assert.Contains(ConsentReceipt.Verify((string)file["receipt"]!).DeviceKey.Thumbprint, said, StringComparison.Ordinal);
        Assert.Contains("taken from the file itself", said, StringComparison.Ordinal);
        Assert.Contains((string)file["page"]!, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_key_can_be_pinned_by_thumbprint_or_file()
    {
        using var person = await AllowedAsync();
        var kept = await DownloadAsync(person);
        var key = JsonNode.Parse(kept)!["serverKey"]!;
        var right = Write("server.jwk", key.ToJsonString());
        foreach (var pin in (string[])[ServerThumbprint(JsonNode.Parse(kept)!), right])
        {
            var (code, said) = Verify(kept, "--server-key", pin);
            Assert.True(code == 0, said);
            Assert.DoesNotContain("taken from the file itself", said, StringComparison.Ordinal);
        }

        using var other = SigningKey.Create();
        var wrong = Write("other.jwk", JsonSerializer.Serialize(other.Public, FormatJson.Default.PublicSigningKey));
        foreach (var pin in (string[])[other.Public.Thumbprint, wrong])
        {
            var (code, said) = Verify(kept, "--server-key", pin);
            Assert.Equal(1, code);
            Assert.Contains("not with the server's key " + other.Public.Thumbprint, said, StringComparison.Ordinal);
        }

        foreach (var nonsense in (string[])["short", Path.Combine(_folder, "nowhere.jwk"), Write("bad.jwk", "{}"), Write("text.jwk", "hello"), Write("off.jwk", key.ToJsonString().Replace("\"x\":\"", "\"x\":\"AAAA", StringComparison.Ordinal))])
        {
            var (code, said) = Verify(kept, "--server-key", nonsense);
            Assert.Equal(2, code);
            Assert.StartsWith("--server-key", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_single_change_is_refused()
    {
        using var person = await AllowedAsync();
        var kept = await DownloadAsync(person);
        var tried = 0;
        foreach (var (where, changed) in JsonChanges.Of(kept))
        {
            Assert.True(VerifyReceiptFile.Run(Encoding.UTF8.GetBytes(changed), null) is VerifyReceiptFile.Outcome.Refused { Why.Length: > 10 }, where);
            tried++;
        }

        foreach (var member in (string[])["receipt", "countersignature", "serverKey", "noticeText", "page", "pageSignature"]) { Assert.NotNull(JsonNode.Parse(kept)![member]); }
        Assert.True(tried > 3 * 512 + 300, $"only {tried} changes were tried");
    }

    [Fact]
    public async Task No_changed_byte_changes_what_an_accepted_file_says()
    {
        using var person = await AllowedAsync();
        var kept = Encoding.UTF8.GetBytes(await DownloadAsync(person));
        for (var at = 0; at < kept.Length; at += 3)
        {
            foreach (var value in (byte[])[(byte)(kept[at] ^ 1), (byte)(kept[at] ^ 0x20), 0xFF])
            {
                var changed = kept.ToArray();
                changed[at] = value;
                if (VerifyReceiptFile.Run(changed, null) is VerifyReceiptFile.Outcome.Verified)
                {
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(kept), JsonNode.Parse(changed)), $"byte {at}");
                }
            }
        }
    }

    [Fact]
    public async Task Parts_of_another_receipt_are_refused()
    {
        using var person = await AllowedAsync();
        using var other = await AllowedAsync();
        var (kept, foreign) = (await DownloadAsync(person), JsonNode.Parse(await DownloadAsync(other))!);
        foreach (var member in (string[])["receipt", "countersignature", "page", "pageSignature"])
        {
            var mixed = JsonNode.Parse(kept)!;
            mixed[member] = foreign[member]!.DeepClone();
            Assert.True(Verify(mixed.ToJsonString()).Code == 1, member);
        }

        var both = JsonNode.Parse(kept)!;
        both["page"] = foreign["page"]!.DeepClone();
        both["pageSignature"] = foreign["pageSignature"]!.DeepClone();
        Assert.Equal(1, Verify(both.ToJsonString()).Code);
    }

    [Fact]
    public void Times_that_do_not_fit_are_refused()
    {
        using var device = SigningKey.Create();
        using var server = SigningKey.Create();
        var at = DateTimeOffset.UnixEpoch.AddYears(56);
        Assert.Equal(0, Verify(Made(device, server, at, at.AddMinutes(10))).Code);
        Assert.Equal(0, Verify(Made(device, server, at, at.AddMinutes(-10))).Code);
        foreach (var minutes in (int[])[12, -12, 60 * 24 * 365])
        {
            var (code, said) = Verify(Made(device, server, at, at.AddMinutes(minutes)));
            Assert.Equal(1, code);
            Assert.Contains("The times do not fit", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_receipt_that_only_its_owner_signed_is_refused()
    {
        using var device = SigningKey.Create();
        var (code, said) = Verify(Made(device, device, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
        Assert.Equal(1, code);
        Assert.Contains("one and the same key", said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_hostile_file_says_does_not_reach_the_terminal_as_it_is()
    {
        using var device = SigningKey.Create();
        using var server = SigningKey.Create();
        var (code, said) = Verify(Made(device, server, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "Read\u001b[2Jthis\u202eand\r\nthat", "Example\nVERIFIED \u0007"));
        Assert.True(code == 0, said);
        Assert.DoesNotContain(said, c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain('\u202e', said);
        Assert.DoesNotContain(said.Split('\n'), line => line.StartsWith("VERIFIED \u0007", StringComparison.Ordinal) || line.StartsWith("VERIFIED <", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "", "empty" },
        { "  \n ", "empty" },
        { "hello", "not JSON" },
        { "{\"receipt\":", "not JSON" },
        { "null", "null" },
        { "[]", "no receipt" },
        { "{}", "no receipt" },
        { "7", "no receipt" },
        { "{\"name\":\"x\",\"version\":1}", "no receipt" },
        { "{\"receipt\":null,\"countersignature\":\"\",\"serverKey\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"},\"noticeText\":\"\",\"page\":\"\",\"pageSignature\":\"\"}", "no receipt" },
        { "{\"receipt\":\"a.b\",\"countersignature\":\"\",\"serverKey\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"},\"noticeText\":\"\",\"page\":\"\",\"pageSignature\":\"\"}", "three parts" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_no_receipt_is_said_in_a_sentence(string content, string said)
    {
        var (code, output) = Verify(content);
        Assert.Equal(1, code);
        Assert.StartsWith("NOT VERIFIED. ", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd().Split('\n'));
    }

    [Fact]
    public void What_cannot_be_a_receipt_is_said_before_it_is_read()
    {
        Assert.Equal((2, $"'{_folder}' is a directory, not a receipt.\n"), Run(_folder));
        var nowhere = Path.Combine(_folder, "nowhere.json");
        Assert.Equal((2, $"There is no file '{nowhere}'.\n"), Run(nowhere));
        var (code, said) = Verify("\"" + new string('x', ReceiptFile.SizeLimit) + "\"");
        Assert.Equal(1, code);
        Assert.Contains("more than 1,048,576 bytes", said, StringComparison.Ordinal);
        Assert.Equal(1, Run("/dev/zero").Code); // endless: read no further than the limit
    }

    [Fact]
    public async Task The_program_verifies_without_server_settings_or_network()
    {
        using var person = await AllowedAsync();
        var file = Write("kept.json", await DownloadAsync(person));
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [typeof(ReceiptFile).Assembly.Location, "receipt", "verify", file])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        using var program = System.Diagnostics.Process.Start(start)!;
        var errors = program.StandardError.ReadToEndAsync();
        var said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.True(program.ExitCode == 0, said + await errors);
        Assert.Contains("VERIFIED", said, StringComparison.Ordinal);
        Assert.Equal(["kept.json"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName)); // no data folder was made
    }

    /// <summary>A receipt file that is right in itself, of keys and times of the test's choice.</summary>
    private static string Made(SigningKey device, SigningKey server, DateTimeOffset signed, DateTimeOffset confirmed, string text = "The notice", string controller = "Example Ltd")
    {
        var session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
        var notice = new NoticeReference("default", 1, "en", Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        var receipt = Jws.Sign(
            JsonSerializer.SerializeToUtf8Bytes(new ConsentReceipt(ConsentReceipt.FormatName, session, "p1", ConsentReceipt.Allow, signed, controller, notice, new(true, false)), FormatJson.Default.ConsentReceipt),
            ConsentReceipt.JwsType, device);
        var word = new Countersignature(Countersignature.FormatName, session, Base64Url.EncodeToString(ConsentReceipt.DigestOf(receipt)), confirmed, text).Sign(server);
        const string Page = "https://example.org/receipts/x";
        return JsonSerializer.Serialize(new ReceiptFile(receipt, word, server.Public, text, Page, ReceiptPageWord.Sign(session, receipt, Page, server)), ReceiptJson.Default.ReceiptFile);
    }

    private (int Code, string Said) Verify(string content, params string[] more) => Run(Write("receipt.json", content), more);

    private static (int Code, string Said) Run(string path, params string[] more)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter();
        var code = ReceiptCommand.Create().Parse(["verify", path, .. more]).Invoke(new InvocationConfiguration { Output = output, Error = errors });
        Assert.Equal("", errors.ToString());
        return (code, output.ToString());
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static string ServerThumbprint(JsonNode file) => file["serverKey"].Deserialize(FormatJson.Default.PublicSigningKey)!.Thumbprint;

    private async Task<Person> AllowedAsync()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        var person = await Person.JoinAsync(shared.Server, code);
        await person.AllowAsync();
        return person;
    }

    private static async Task<string> DownloadAsync(Person person)
    {
        using var answer = await person.Browser.GetAsync("/consent/receipt");
        Assert.True(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
