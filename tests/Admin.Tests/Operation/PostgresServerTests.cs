using System.CommandLine;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>The whole server with catalogue and accounts on PostgreSQL, and what it says where they cannot be there.</summary>
public sealed class PostgresServerTests(PostgresServer postgres)
{
    [Fact]
    public async Task From_the_first_account_to_the_audit_trail_everything_is_on_PostgreSQL()
    {
        var connection = await postgres.NewDatabaseAsync();
        await using var server = await StartAsync(connection);
        using (var technician = await Technician.SignInAsync(server))
        {
            using (var team = await technician.Browser.SubmitAsync("/teams", "/teams", ("name", "Night"))) { Assert.Equal(HttpStatusCode.Redirect, team.StatusCode); }
            using (var twice = await technician.Browser.SubmitAsync("/teams", "/teams", ("name", "Night"))) { Assert.Equal(HttpStatusCode.UnprocessableEntity, twice.StatusCode); }
            using var member = await Member.JoinAsync(server, technician.Browser, "uma", Roles.Technician, Roles.Auditor, Roles.Operator);
            var (session, code) = await technician.StartSessionAsync("Ärger INC42");
            using var person = await Person.JoinAsync(server, code);
            await person.AllowAsync();
            await server.WaitForAsync(session, SessionState.Ready);
            Assert.Contains("Ärger INC42", await technician.Browser.ReadAsync("/?ticket=ärger&state=open"), StringComparison.Ordinal);
            Assert.DoesNotContain("INC42", await member.Browser.ReadAsync("/?ticket=ärger"), StringComparison.Ordinal);
            Assert.Contains("session.started", await member.Browser.ReadAsync("/audit?action=session."), StringComparison.Ordinal);
            var parts = await member.Browser.ReadAsync("/operation");
            foreach (var words in (string[])["PostgreSQL", "Size", "its tables are those of this version"]) { Assert.Contains(words, parts, StringComparison.Ordinal); }
            using var ended = await technician.Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/end");
            Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        }

        await server.StartAgainAsync(); // migrations and keys a second time
        using (var browser = new Browser(server)) { Assert.Equal("ready", await browser.ReadAsync("/ready")); }
        await server.StopAsync();
        Assert.False(File.Exists(Path.Combine(server.Data, "catalogue.db")));

        string[] settings = [$"--DataDirectory={server.Data}", "--Catalogue:Kind=postgresql", $"--Catalogue:ConnectionString={connection}"];
        var (code2, printed) = await RunAsync(AuditCommand.Create(args => Program.Build(args)), ["audit", "verify", .. settings]);
        Assert.True(code2 == 0 && printed.StartsWith("VERIFIED.", StringComparison.Ordinal), printed);
        (code2, printed) = await RunAsync(UserCommand.Create(args => Program.Build(args)), ["user", "list", .. settings]);
        Assert.True(code2 == 0 && printed.Contains("uma", StringComparison.Ordinal), printed);
    }

    [Fact]
    public async Task A_NUL_in_a_form_is_refused_and_is_no_fault()
    {
        await using var server = await StartAsync(await postgres.NewDatabaseAsync());
        using var technician = await Technician.SignInAsync(server);
        using var started = await technician.Browser.SubmitAsync("/", "/sessions", ("ticket", "a\0b"), ("accepted", "true"));
        Assert.InRange((int)started.StatusCode, 400, 499);
        using var signedIn = await new Browser(server).SubmitAsync("/sign-in", "/sign-in", ("userName", "ti\0na"), ("password", "x"), ("code", "123456"));
        Assert.InRange((int)signedIn.StatusCode, 200, 499);
    }

    [Fact]
    public async Task A_server_that_refuses_the_password_stops_the_start_without_repeating_it()
    {
        var connection = (await postgres.NewDatabaseAsync()).Replace("Password=", "Password=hunter2", StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(connection));
        Assert.Contains("Catalogue:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql", null, "neither 'sqlite' nor 'postgresql'")]
    [InlineData("postgresql", null, "Catalogue:ConnectionString is empty")]
    [InlineData("postgresql", "Hots=x;Password=hunter2", "is not one of PostgreSQL")]
    [InlineData("postgresql", "Host=127.0.0.1;Password=hunter2", "no Host or no Database")]
    [InlineData("sqlite", "Host=127.0.0.1;Password=hunter2", "Catalogue:Kind is not 'postgresql'")]
    public async Task Settings_that_cannot_be_are_refused_in_words_and_without_the_password(string kind, string? connection, string words)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync([("Catalogue:Kind", kind), .. connection is null ? Array.Empty<(string, string)>() : [("Catalogue:ConnectionString", connection)]]));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<Server> StartAsync(string connection) => Server.StartAsync(("Catalogue:Kind", "postgresql"), ("Catalogue:ConnectionString", connection));

    private static async Task<(int Code, string Printed)> RunAsync(Command command, string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await new RootCommand { command }.Parse(arguments).InvokeAsync(new() { Output = output, Error = output });
        return (code, output.ToString());
    }
}
