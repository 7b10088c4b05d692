using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace SecureRecorder.Admin.Tests;

/// <summary>A browser as far as HTTP goes: cookies, forms with their token, the header of the server's own pages. It follows no redirect by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="from">The address that it comes from; null: the machine's own.</param>
    public Browser(Server server, string? from = null)
    {
        Cookies = new CookieContainer();
        var handler = new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false };
        if (from is not null) { handler.ConnectCallback = ConnectFrom(from); }
        _client = new(handler, disposeHandler: true) { BaseAddress = server.Url };
    }

    public CookieContainer Cookies { get; }

    /// <summary>Connects from this address of the machine.</summary>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectFrom(string address) => async (context, cancellation) =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    };

    /// <summary>The languages that it asks for; null: none.</summary>
    public string? AcceptLanguage { get; set; }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path), "text/html");

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Submits a form: its token is taken from the page that shows it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        return await PostAsync(action, await TokenAsync(page), fields);
    }

    /// <summary>The token of a page's forms.</summary>
    public async Task<string> TokenAsync(string page) => TokenPattern().Match(await (await GetAsync(page)).Content.ReadAsStringAsync()).Groups["found"].Value;

    /// <summary>Sends a form with the token of a page that was loaded earlier.</summary>
    public async Task<HttpResponseMessage> PostAsync(string action, string token, params (string Name, string Value)[] fields)
    {
        var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        return await SendAsync(new(HttpMethod.Post, action) { Content = form }, "text/html");
    }

    /// <summary>A request as one of the server's own modules makes it.</summary>
    public Task<HttpResponseMessage> ScriptAsync(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-SecureRecorder", "1");
        return SendAsync(request, "application/json");
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string accept)
    {
        request.Headers.Accept.ParseAdd(accept);
        if (AcceptLanguage is not null) { request.Headers.TryAddWithoutValidation("Accept-Language", AcceptLanguage); }
        return _client.SendAsync(request);
    }

    /// <summary>A request whose answer goes on; its headers are there.</summary>
    public Task<HttpResponseMessage> StreamAsync(HttpRequestMessage request) => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenPattern();
}
