using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A session that records a moving pattern, with everybody there: server, technician, person, recorder.</summary>
internal sealed class StartedSession : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private StartedSession(AdminServer server, XDisplay display, MovingPattern pattern, RecorderDevice device, TechnicianDevice technician, PersonDevice person, ChildProcess recorder, Guid id)
    {
        (Server, Display, Pattern, Device, Technician, Person, Recorder, Id) = (server, display, pattern, device, technician, person, recorder, id);
    }

    public Guid Id { get; }
    public AdminServer Server { get; }
    public XDisplay Display { get; }
    public MovingPattern Pattern { get; }
    public RecorderDevice Device { get; }
    public TechnicianDevice Technician { get; }
    public PersonDevice Person { get; }
    public ChildProcess Recorder { get; }

    /// <summary>Starts everything and waits until the person's page says that it records.</summary>
    /// <param name="settings">The server's; by default a folder is the bucket.</param>
    /// <param name="beforeConsent">What happens while the person reads the notice.</param>
    /// <param name="byKeyboard">Whether the person uses nothing but the keyboard.</param>
    /// <param name="sensitiveLabel">A label that is made first, and chosen.</param>
    /// <param name="beforeStart">What the admin, who is the technician too, sets up first.</param>
    public static async Task<StartedSession> StartAsync(Chromium chromium, IReadOnlyDictionary<string, string?>? settings = null, bool byKeyboard = false, Func<StartedSession, Task>? beforeConsent = null, string? sensitiveLabel = null, Func<TechnicianDevice, Task>? beforeStart = null)
    {
        var display = await XDisplay.StartAsync(1280, 720);
        var pattern = await MovingPattern.ShowAsync(display);
        var server = await AdminServer.StartAsync(settings);
        var device = new RecorderDevice(server, display);
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        if (sensitiveLabel is not null) { await technician.MakeSensitiveLabelAsync(sensitiveLabel); }
        if (beforeStart is not null) { await beforeStart(technician); }
        var (id, code) = await technician.StartSessionAsync(sensitiveLabel);
        var recorder = device.Join(code);
        var person = new PersonDevice(await chromium.NewDeviceAsync(390, 844), server, byKeyboard);
        var session = new StartedSession(server, display, pattern, device, technician, person, recorder, id);
        try
        {
            await person.JoinAsync(code);
            if (beforeConsent is not null) { await beforeConsent(session); }
            await person.AllowAsync();
            await session.WaitForPersonAsync("recording");
            return session;
        }
        catch (Exception failed)
        {
            var page = await person.Page.EvaluateAsync<string>("() => document.body.innerText");
            var said = $"{failed.Message}\nThe page: {person.Page.Url}\n{page}\nThe recorder: {recorder.Output}\nThe server: {server.Process.Output}";
            await session.DisposeAsync();
            throw new InvalidOperationException(said, failed);
        }
    }

    /// <summary>Waits until the person's page shows this state.</summary>
    public Task WaitForPersonAsync(string state) => Person.Page.Locator($"#indicator[data-phase={state}]").First.WaitForAsync();

    /// <summary>Waits until something of the recording is stored.</summary>
    public Task WaitForFilesAsync(string folder) => Pattern.LookUntilAsync(_ => Directory.Exists(Path.Combine(folder, "video")));

    /// <summary>What the display shows a little later, when the count has moved on twice.</summary>
    public async Task<Look> LookLaterAsync()
    {
        var now = await Pattern.LookAsync();
        return await Pattern.LookUntilAsync(look => look.Count >= now.Count + 2);
    }

    /// <summary>Opens the replay and waits for a picture.</summary>
    public async Task<ReplayPlayer> ReplayAsync()
    {
        await Technician.OpenReplayAsync(Id);
        var player = new ReplayPlayer(Technician.Page);
        await player.WaitForPictureAsync();
        return player;
    }

    /// <summary>Asserts that the player shows, at this moment of the session, what the display showed.</summary>
    public static async Task ShowsAsync(ReplayPlayer player, Look look)
    {
        var description = await player.DescriptionAsync();
        var second = (look.At - description.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds;
        var shown = MovingPattern.CountOf(await player.BarsAtAsync(second));
        Assert.True(
            shown >= look.Count - 1 && shown <= look.Count + 1,
            $"The display showed {look.Count} at {look.At:O}, second {second:F1} of the session; the replay shows {shown} there. {description}");
    }

    public async ValueTask DisposeAsync()
    {
        await Recorder.DisposeAsync();
        await Person.Page.Context.CloseAsync();
        await Technician.Page.Context.CloseAsync();
        await Pattern.DisposeAsync();
        await Display.DisposeAsync();
        await Device.DisposeAsync();
        await Server.DisposeAsync();
    }
}
