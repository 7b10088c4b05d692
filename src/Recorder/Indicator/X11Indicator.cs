using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Indicator;

/// <summary>
/// The indicator as a small window of the display that is recorded. No window manager decides about it, so none hides, closes or
/// focuses it, and none is needed; it can be dragged aside, raises itself when it is covered, and comes back when it is pushed off the
/// screen. Whatever takes it away ends the recording.
/// </summary>
/// <remarks>Source: X Window System Protocol, X Version 11, §9 to §11 and appendix B.</remarks>
internal sealed class X11Indicator : IIndicator
{
    public const string WindowName = "SecureRecorder indicator";

    private const uint EventMask = 0x4 | 0x8 | 0x100 | 0x8000 | 0x10000 | 0x20000; // button press, release, motion; exposure; visibility; structure
    private const uint StructureOnly = 0x20000;
    private const byte Viewable = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Two programs that both want to be on top must not keep each other busy.</summary>
    private static readonly TimeSpan BetweenRaises = TimeSpan.FromSeconds(1);

    private readonly X11Connection _x;
    private readonly TimeProvider _time;
    private readonly uint _window;
    private readonly X11Drawing _drawing;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentQueue<TaskCompletionSource> _awaited = new();
    private readonly Lock _face = new();
    private readonly uint _protocols;
    private readonly uint _delete;
    private Task _reading = Task.CompletedTask;
    private Task _raising = Task.CompletedTask;
    private IndicatorFace _shown;
    private IndicatorEnd? _end;
    private (int Width, int Height) _screen;
    private (int X, int Y) _at;
    private (int X, int Y)? _grip; // where in the window it is dragged
    private bool _pressed;
    private bool _covered;

    private X11Indicator(X11Connection x, ScreenRegion area, IndicatorFace face, TimeProvider time)
    {
        (_x, _shown, _time, _window, _screen) = (x, face, time, x.NewId(), (x.Setup.Width, x.Setup.Height));
        _drawing = new(x, _window, area.Height);
        _at = Inside(area.X + area.Width - _drawing.Width - _drawing.Distance, area.Y + area.Height - _drawing.Height - _drawing.Distance);
        (_protocols, _delete) = (Atom("WM_PROTOCOLS"), Atom("WM_DELETE_WINDOW"));
    }

    public IndicatorEnd? End => Volatile.Read(ref _end);

    public Action? Ended { get; set; }

    /// <param name="area">The part of the display in whose lower right corner it is shown.</param>
    /// <exception cref="CannotCaptureException">It cannot be shown; the message names the display and the cause.</exception>
    public static X11Indicator Open(string display, Func<X11Connection, ScreenRegion> area, IndicatorFace face, TimeProvider time)
    {
        X11Connection? x = null;
        try
        {
            x = X11Connection.Open(display);
            var indicator = new X11Indicator(x, area(x), face, time);
            indicator.Appear();
            indicator._reading = Task.Run(indicator.ReadAsync);
            return indicator;
        }
        catch (Exception failed) when (failed is CannotCaptureException or SocketException)
        {
            x?.Dispose();
            throw new CannotCaptureException($"The window that says that this screen is recorded cannot be shown on display '{display}', and nothing is captured without it: {failed.Message.TrimEnd('.')}.", failed);
        }
    }

    public async Task ShowAsync(IndicatorFace face)
    {
        var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            lock (_face)
            {
                if (End is not null) { return; }
                if (face == _shown) { return; }
                _shown = face;
                _drawing.Draw(face);
                _awaited.Enqueue(shown);
                _x.Tell(43, 0, default(ReadOnlySpan<byte>)); // answered when all before it is drawn
            }

            await shown.Task.WaitAsync(Patience, _time);
        }
        catch (SocketException gone)
        {
            Lose($"its connection to the X server broke ({gone.Message})");
        }
        catch (TimeoutException)
        {
            Lose("the X server does not answer");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_reading, _raising);
        _x.Dispose(); // the server takes the window away
        _closing.Dispose();
    }

    private void Appear()
    {
        _x.Tell(1, 0, new X11Body().Long(_window).Long(_x.Root).Words(_at.X, _at.Y, _drawing.Width, _drawing.Height, 0, 1).Long(0)
            .Long(0x2 | 0x200 | 0x800).Long(_drawing.Pixel(X11Drawing.White)).Long(1).Long(EventMask).Bytes); // background, no window manager, events
        Name("WM_NAME", "STRING", Encoding.Latin1.GetBytes(WindowName));
        Name("WM_CLASS", "STRING", "indicator\0secure-recorder\0"u8);
        _x.Tell(18, 0, new X11Body().Long(_window).Long(_protocols).Long(Atom("ATOM")).Long(32).Long(1).Long(_delete).Bytes);
        _x.Tell(2, 0, _x.Root, 0x800, StructureOnly); // the screen's size
        _drawing.Begin();
        _x.Tell(8, 0, _window);
        _drawing.Draw(_shown);
        if (_x.Ask(3, 0, _window) is not { } answer || answer[26] != Viewable || _x.Fault is not null)
        {
            throw new CannotCaptureException(_x.Fault is { } fault ? $"its X server refuses (error {fault})" : "it is not visible after it was made");
        }
    }

    private void Name(string property, string type, ReadOnlySpan<byte> value) =>
        _x.Tell(18, 0, new X11Body().Long(_window).Long(Atom(property)).Long(Atom(type)).Long(8).Long((uint)value.Length).Raw(value).Bytes);

    private uint Atom(string name) => _x.Ask(16, 0, name) is { } reply ? Long(reply, 8) : throw new CannotCaptureException($"its X server knows no '{name}'");

    private async Task ReadAsync()
    {
        try
        {
            while (true) { Take(await _x.NextAsync(_closing.Token)); }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // its end
        }
        catch (Exception gone) when (gone is SocketException or CannotCaptureException)
        {
            Lose($"it was closed, or the X server ended ({gone.Message.TrimEnd('.')})");
        }
        finally
        {
            while (_awaited.TryDequeue(out var nobody)) { nobody.TrySetResult(); }
        }
    }

    private void Take(byte[] message)
    {
        switch (message[0] & 0x7f)
        {
            case 0: Lose($"the X server refused a request (error {message[1]})"); break;
            case 1: if (_awaited.TryDequeue(out var shown)) { shown.TrySetResult(); } break;
            case 4 when message[1] == 1: Press(Short(message, 24), Short(message, 26)); break;
            case 5 when message[1] == 1: Release(Short(message, 24), Short(message, 26)); break;
            case 6 when _grip is { } grip: Place(Short(message, 20) - grip.X, Short(message, 22) - grip.Y); break;
            case 12 when Short(message, 16) == 0: lock (_face) { _drawing.Draw(_shown); } break;
            case 15: Seen(isCovered: message[8] != 0); break;
            case 18 when Long(message, 8) == _window: Lose("it was hidden or destroyed"); break; // or put into another window: it is unmapped first
            case 22: Moved(Long(message, 8), Short(message, 16), Short(message, 18), Short(message, 20), Short(message, 22)); break;
            case 33 when Long(message, 8) == _protocols && Long(message, 12) == _delete: Lose("it was closed"); break;
        }
    }

    private void Press(int x, int y)
    {
        _pressed = _drawing.IsButton(_shown, x, y);
        _grip = _pressed ? null : (x, y);
    }

    private void Release(int x, int y)
    {
        if (_pressed && _drawing.IsButton(_shown, x, y)) { Finish("Stopped with the button of the recorder's window on the screen."); }
        (_pressed, _grip) = (false, null);
    }

    /// <summary>Somebody moved or resized it, or the screen has another size: all of it stays where it can be seen.</summary>
    private void Moved(uint window, int x, int y, int width, int height)
    {
        if (window == _x.Root) { (_screen, (x, y)) = ((width, height), _at); }
        else if ((width, height) != (_drawing.Width, _drawing.Height)) { _x.Tell(12, 0, _window, 0x4 | 0x8, (uint)_drawing.Width, (uint)_drawing.Height); }
        if (Inside(x, y) != (x, y)) { Place(x, y); } else { _at = (x, y); }
    }

    private void Place(int x, int y)
    {
        _at = Inside(x, y);
        _x.Tell(12, 0, _window, 0x1 | 0x2, (uint)_at.X, (uint)_at.Y);
    }

    private (int X, int Y) Inside(int x, int y) =>
        (Math.Clamp(x, 0, Math.Max(0, _screen.Width - _drawing.Width)), Math.Clamp(y, 0, Math.Max(0, _screen.Height - _drawing.Height)));

    private void Seen(bool isCovered)
    {
        Volatile.Write(ref _covered, isCovered);
        if (isCovered && _raising.IsCompleted) { _raising = RaiseAsync(); }
    }

    private async Task RaiseAsync()
    {
        try
        {
            do
            {
                _x.Tell(12, 0, _window, 0x40, 0); // above all others
                await Task.Delay(BetweenRaises, _time, _closing.Token);
            }
            while (Volatile.Read(ref _covered));
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // the reader finds out
        }
    }

    private void Lose(string why) => Finish($"The recorder's window on the screen is gone: {why}. Nothing is captured without it.");

    private void Finish(string message)
    {
        if (Interlocked.CompareExchange(ref _end, new(message), null) is null) { Ended?.Invoke(); }
    }

    private static short Short(byte[] message, int at) => BinaryPrimitives.ReadInt16LittleEndian(message.AsSpan(at));

    private static uint Long(byte[] message, int at) => BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at));
}
