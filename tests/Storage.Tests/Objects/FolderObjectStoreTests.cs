using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Objects;

public sealed class FolderObjectStoreTests : ObjectStoreConformance
{
    private const string Name = "v1/s/video/00000000.seal";
    private const long UploadLimit = 2_000_000;
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private readonly string folder = Path.Combine(Path.GetTempPath(), "objects-" + RandomNumberGenerator.GetHexString(12));
    private WebApplication? server;
    private Uri serverBase = new("http://127.0.0.1");

    private string Root => Path.Combine(folder, "bucket");

    private FolderUploadAddresses Addresses => new(serverBase, Key, TimeProvider.System);

    [Fact]
    public async Task Objects_lie_where_the_format_says()
    {
        await Store.PutOnceAsync(Name, Bytes("sealed"), Cancellation);

        Assert.Equal("sealed", await File.ReadAllTextAsync(Path.Combine(Root, "v1", "s", "video", "00000000.seal"), Cancellation));
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, ".incoming")));
    }

    [Fact]
    public async Task Deleting_the_last_object_of_a_session_leaves_no_folder_that_names_it()
    {
        await Store.PutOnceAsync(Name, Bytes("x"), Cancellation);

        await Store.DeleteAsync([new(Name, "null", false, 1)], Cancellation);

        Assert.Equal([".incoming"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Writing_and_deleting_at_once_loses_no_write()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"v1/s/t/{i:D8}.seal").ToList();

        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (name, cancellation) =>
        {
            Assert.True(await Store.PutOnceAsync(name, Bytes("x"), cancellation));
            Assert.NotNull(await Store.FindAsync(name, cancellation));
            Assert.Empty(await Store.DeleteAsync([new(name, "null", false, 1)], cancellation));
        });

        Assert.Empty(await NamesAsync(""));
    }

    [Fact]
    public async Task A_version_that_a_folder_cannot_have_is_reported()
    {
        await Store.PutOnceAsync(Name, Bytes("x"), Cancellation);

        var failed = await Store.DeleteAsync([new(Name, "v2", false, 1), new(Name, "null", false, 1)], Cancellation);

        Assert.Equal("v2", Assert.Single(failed).Version.VersionId);
        Assert.Empty(await NamesAsync(""));
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_whether_it_says_so_or_not()
    {
        var address = Store.PresignPut(Name, TimeSpan.FromMinutes(1));
        using var http = new HttpClient();
        using var announced = Put(address, new ByteArrayContent(new byte[UploadLimit + 1]));
        using var unannounced = Put(address, new StreamContent(new MemoryStream(new byte[UploadLimit + 1])));
        unannounced.Headers.TransferEncodingChunked = true;

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, (int)(await http.SendAsync(announced, Cancellation)).StatusCode);
        Assert.Equal(StatusCodes.Status413PayloadTooLarge, (int)(await http.SendAsync(unannounced, Cancellation)).StatusCode);
        Assert.Empty(await NamesAsync(""));
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, ".incoming")));
    }

    [Theory]
    [InlineData(null, "x")]
    [InlineData("4102444800", null)]
    [InlineData("4102444800", "")]
    [InlineData("4102444800", "AAAA")]
    [InlineData("4102444800", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("4102444800", "*not base64*")]
    [InlineData("-1", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1e9", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void An_address_that_was_not_made_here_is_forged(string? expires, string? signature) =>
        Assert.Equal(AddressVerdict.Forged, Addresses.Check(Name, expires, signature, "*"));

    [Fact]
    public void An_address_of_a_server_with_another_key_is_forged()
    {
        var query = new FolderUploadAddresses(serverBase, RandomNumberGenerator.GetBytes(32), TimeProvider.System).Create(Name, TimeSpan.FromMinutes(1)).Url.Query;
        var values = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);

        Assert.Equal(AddressVerdict.Forged, Addresses.Check(Name, values["expires"], values["signature"], "*"));
        Assert.Throws<ArgumentException>(() => new FolderUploadAddresses(serverBase, new byte[31], TimeProvider.System));
    }

    [Fact]
    public async Task A_folder_that_other_accounts_can_enter_is_refused_and_left_as_it_is()
    {
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Root, Open);

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Unsafe, refused.Fault);
        Assert.Contains("701", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StrangerVerdict.Public, (await Store.ProbeStrangerAsync(Cancellation)).Verdict);
        Assert.Equal(Open, File.GetUnixFileMode(Root));
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_full_and_keeps_what_was_there()
    {
        if (!Environment.IsPrivilegedProcess) // only root may mount; the system's own full device speaks for it
        {
            await using var device = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            var full = Assert.ThrowsAny<IOException>(() => device.Write(new byte[1000]));
            Assert.Equal(ObjectStoreFault.Full, FolderFault.Translate("PUT", Name, Root, full).Fault);
            return;
        }

        var small = Directory.CreateDirectory(Path.Combine(folder, "small")).FullName;
        await ChildProcess.RunAsync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", small], TimeSpan.FromSeconds(20), Cancellation);
        try
        {
            var store = new FolderObjectStore(small, Addresses);
            Assert.True(await store.PutOnceAsync("v1/kept", new byte[100_000], Cancellation));

            var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutOnceAsync("v1/too-much", new byte[1_000_000], Cancellation));

            Assert.Equal(ObjectStoreFault.Full, failure.Fault);
            Assert.Equal(["v1/kept"], await store.ListAsync("", null, Cancellation).Select(found => found.Name).ToListAsync(Cancellation));
            Assert.Empty(await store.ListUnfinishedUploadsAsync("", Cancellation).ToListAsync(Cancellation));

            await ChildProcess.RunAsync("mount", ["-o", "remount,ro", small], TimeSpan.FromSeconds(20), Cancellation);
            var denied = await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutOnceAsync("v1/more", new byte[1], Cancellation));
            Assert.Equal(ObjectStoreFault.Denied, denied.Fault);
        }
        finally
        {
            await ChildProcess.RunAsync("umount", [small], TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_denies()
    {
        File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            if (Environment.IsPrivilegedProcess) { return; } // root may always; the read-only mount above shows it

            var denied = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutOnceAsync(Name, Bytes("x"), Cancellation));
            Assert.Equal(ObjectStoreFault.Denied, denied.Fault);
        }
        finally
        {
            File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public override async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.MapPut("/objects/{**name}", ReceiveAsync);
        await server.StartAsync();
        serverBase = new Uri(server.Urls.Single());
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new FolderObjectStore(Root, Addresses, UploadLimit));

    protected override IObjectStore OpenMissing() => new FolderObjectStore(Path.Combine(folder, "missing"), Addresses);

    protected override Task BeginUploadAsync(string name)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(Root, ".incoming")).FullName;
        return File.WriteAllTextAsync(Path.Combine(incoming, RandomNumberGenerator.GetHexString(32, lowercase: true) + "~" + name.Replace('/', '~')), "half", Cancellation);
    }

    /// <summary>What the server does with a PUT to one of the addresses.</summary>
    private async Task<int> ReceiveStatusAsync(HttpRequest request, string name) =>
        await ((FolderObjectStore)Store).ReceiveAsync(
            new(name, request.Query["expires"], request.Query["signature"], request.Headers.IfNoneMatch, request.ContentLength, request.Body),
            request.HttpContext.RequestAborted) switch
        {
            UploadOutcome.Stored => StatusCodes.Status200OK,
            UploadOutcome.Forged or UploadOutcome.Expired => StatusCodes.Status403Forbidden,
            UploadOutcome.Exists => StatusCodes.Status412PreconditionFailed,
            UploadOutcome.TooLarge => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status400BadRequest,
        };

    private async Task ReceiveAsync(HttpContext context, string name) =>
        context.Response.StatusCode = await ReceiveStatusAsync(context.Request, name);
}
