using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests;

/// <summary>The recorded person: enters the code, signs or declines, stays on the page.</summary>
/// <param name="from">The address that they come from; null: the machine's own.</param>
internal sealed class Person(Server server, string? from = null) : IDisposable
{
    private readonly SigningKey _device = SigningKey.Create();

    public Browser Browser { get; } = new(server, from);

    public static async Task<Person> JoinAsync(Server server, string code)
    {
        var person = new Person(server);
        using var joined = await person.EnterAsync(code);
        Assert.Equal("/consent", joined.Headers.Location?.ToString());
        return person;
    }

    public Task<HttpResponseMessage> EnterAsync(string code) => Browser.SubmitAsync("/join", "/join", ("code", code));

    public async Task<ConsentRequest> NoticeAsync()
    {
        using var answer = await Browser.ScriptAsync(HttpMethod.Get, "/api/consent");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<ConsentRequest>())!;
    }

    /// <summary>The receipt for a notice, as the page's module writes it, after a change.</summary>
    public string Sign(ConsentRequest asked, Func<ConsentReceipt, ConsentReceipt>? change = null)
    {
        var receipt = new ConsentReceipt(
            ConsentReceipt.FormatName, asked.Session, asked.Participant, ConsentReceipt.Allow, server.Clock.GetUtcNow(), asked.Controller, asked.Notice, asked.Choices);
        return Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(change?.Invoke(receipt) ?? receipt, FormatJson.Default.ConsentReceipt), ConsentReceipt.JwsType, _device);
    }

    /// <summary>Takes back a receipt of this device, as the page's module writes it, after a change.</summary>
    public string TakeBack(string receipt, Func<ConsentReceipt, ConsentReceipt>? change = null, SigningKey? with = null)
    {
        var taken = ConsentReceipt.Verify(receipt).Receipt with { Decision = ConsentReceipt.Withdraw, At = server.Clock.GetUtcNow() };
        return Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(change?.Invoke(taken) ?? taken, FormatJson.Default.ConsentReceipt), ConsentReceipt.JwsType, with ?? _device);
    }

    public Task<HttpResponseMessage> GiveAsync(string receipt) => Browser.ScriptAsync(HttpMethod.Post, "/api/consent", new { receipt });

    /// <summary>Allows the recording; returns the receipt.</summary>
    public async Task<string> AllowAsync()
    {
        var receipt = Sign(await NoticeAsync());
        using var given = await GiveAsync(receipt);
        Assert.True(given.IsSuccessStatusCode, await given.Content.ReadAsStringAsync());
        return receipt;
    }

    public async Task<LiveStatus> BeatAsync()
    {
        using var answer = await Browser.ScriptAsync(HttpMethod.Post, "/api/live/heartbeat");
        return (await answer.Content.ReadFromJsonAsync<LiveStatus>())!;
    }

    /// <summary><c>pause</c>, <c>resume</c>, <c>end</c>, <c>withdraw</c> …</summary>
    /// <param name="receipt">What the device signs with it.</param>
    public async Task<LiveStatus> PressAsync(string action, string? receipt = null)
    {
        using var answer = await Browser.ScriptAsync(HttpMethod.Post, $"/api/live/{action}", receipt is null ? null : new { receipt });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<LiveStatus>())!;
    }

    public void Dispose()
    {
        _device.Dispose();
        Browser.Dispose();
    }
}
