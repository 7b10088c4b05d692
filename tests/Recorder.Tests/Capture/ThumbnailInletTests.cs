using System.Net.Sockets;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Recorder.Tests.Capture;

public sealed class ThumbnailInletTests
{
    [Fact]
    public async Task Images_that_follow_each_other_become_segments_and_leave_no_file()
    {
        await using var server = await FakeServer.StartAsync();
        using var spool = new OpenedSpool(server);
        using var track = spool.Track(TrackName.Thumbnails);
        using var inlet = new ThumbnailInlet();
        var folder = Path.GetDirectoryName(inlet.Address["unix:".Length..])!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));

        var time = new ManualTime();
        var receiving = inlet.ReceiveAsync(track, new SessionClock(time), new RunClock(time), CancellationToken.None);
        byte[][] images = [Image(100), Image(70_000), Image(12)];
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(inlet.Address["unix:".Length..]));
            await socket.SendAsync(images.SelectMany(image => image).ToArray());
        }

        await receiving;
        for (var index = 0; index < images.Length; index++) { Assert.Equal(images[index], await spool.OpenAsync(TrackName.Thumbnails, index)); }
        Assert.Equal("t", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(folder))));
        inlet.Dispose();
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("52494646 03000000 57454250")] // shorter than its header
    [InlineData("52494646 ffffffff 57454250")] // 4 GiB
    [InlineData("52494646 10000000 57415645")] // a sound
    public async Task What_is_no_image_is_refused(string hex)
    {
        await using var server = await FakeServer.StartAsync();
        using var spool = new OpenedSpool(server);
        using var track = spool.Track(TrackName.Thumbnails);
        var time = new ManualTime();
        var bytes = Convert.FromHexString(hex.Replace(" ", ""));
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            ThumbnailInlet.ReceiveAsync(new MemoryStream(bytes), track, new SessionClock(time), new RunClock(time), CancellationToken.None));
        Assert.Null(track.Spooled);
    }

    private static byte[] Image(int length)
    {
        var image = new byte[length];
        "RIFF"u8.CopyTo(image);
        BitConverter.TryWriteBytes(image.AsSpan(4), length - 8);
        "WEBP"u8.CopyTo(image.AsSpan(8));
        for (var at = 12; at < length; at++) { image[at] = (byte)at; }
        return image;
    }
}
