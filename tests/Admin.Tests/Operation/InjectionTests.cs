using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Tests.Access;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>Line breaks in what people send make no header of an answer, no line of the log and no row of the exported trail.</summary>
public sealed class InjectionTests
{
    private const string Forged = "x\r\nforged: row\u2028forged: row\n{\"forged\":1}";

    [Fact]
    public async Task Line_breaks_in_fields_forge_nothing()
    {
        using var log = new CapturedLog();
        await using var server = await Server.StartAsync();
        server.Adapt = services => services.AddSingleton<ILoggerProvider>(log);
        await server.StartAgainAsync();
        using var tina = await Technician.SignInAsync(server);
        using var auditor = await Member.JoinAsync(server, tina.Browser, "auditor", Roles.Auditor);
        var encoded = Uri.EscapeDataString(Forged);
        foreach (var path in new[] { $"/sign-in?returnUrl=/{encoded}", $"/{encoded}", $"/people/{encoded}", $"/notices/draft/{encoded}", $"/receipts/{encoded}", $"/welcome/{encoded}", $"/?page={encoded}", $"/api/sessions/{encoded}" })
        {
            foreach (var browser in new[] { tina.Browser, auditor.Browser }) { await RequireNoHeaderAsync(await browser.GetAsync(path)); }
        }

        foreach (var (page, action, fields) in new (string, string, (string, string)[])[]
                 {
                     ("/sign-in", "/sign-in", [("userName", Forged), ("password", Forged), ("code", Forged), ("returnUrl", "/" + Forged)]),
                     ("/", "/sessions", [("ticket", Forged), ("accepted", "true"), ("team", Forged)]),
                     ("/people", "/people", [("displayName", Forged), ("userName", Forged), ("roles", Forged)]),
                     ("/people", "/people", [("displayName", "x"), ("userName", Forged), ("roles", Roles.Auditor)]),
                     ("/teams", "/teams", [("name", Forged)]),
                     ("/account", "/account/password", [("password", Forged), ("chosen", Forged), ("again", Forged)]),
                 })
        {
            await RequireNoHeaderAsync(await tina.Browser.SubmitAsync(page, action, fields));
        }

        using (var stranger = new Browser(server)) { await RequireNoHeaderAsync(await stranger.SubmitAsync("/join", "/join", ("code", Forged))); }
        await RequireNoHeaderAsync(await auditor.Browser.GetAsync($"/audit?actor={encoded}&action={encoded}"));
        var rows = await auditor.Browser.GetAsync("/audit/rows.jsonl");
        foreach (var line in (await rows.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.False(JsonDocument.Parse(line).RootElement.TryGetProperty("forged", out _), line);
        }

        Assert.DoesNotContain(log.Lines, line => line.Contains("forged", StringComparison.Ordinal));
    }

    private static async Task RequireNoHeaderAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{answer.RequestMessage!.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            Assert.False(answer.Headers.Contains("forged"));
            Assert.DoesNotContain("forged", answer.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
        }
    }

    /// <summary>Every line that the server logs.</summary>
    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
