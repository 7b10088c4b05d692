using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Tests.Access.Organization;

namespace SecureRecorder.Admin.Tests.Access.Matrix;

/// <summary>A server with somebody in every column of the table. Each request comes with a sign-in of its own, to something that was made for it: no cell disturbs another.</summary>
public sealed class MatrixScene : IAsyncLifetime
{
    private static readonly PlainClient Plain = new();
    private readonly Dictionary<string, string> accounts = new(StringComparer.Ordinal);
    private ScriptedProvider provider = null!;

    public Server Server { get; private set; } = null!;
    internal MatrixSubjects Subjects { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        provider = await ScriptedProvider.StartAsync();
        Server = await Server.StartAsync(
            ("OpenIdConnect:Authority", provider.Issuer), ("OpenIdConnect:ClientId", "x"), ("OpenIdConnect:ClientSecret", "x"), ("OpenIdConnect:Roles:technician:0", "support"),
            ("SecurityTxt:Contact:0", "mailto:security@example.org"), ("SecurityTxt:Expires", "2999-01-01T00:00:00Z"), ("Exports:Allowed", "true"));
        foreach (var (who, role) in new[] { (Who.Owner, Roles.Technician), (Who.Other, Roles.Technician), (Roles.Admin, Roles.Admin), (Roles.Auditor, Roles.Auditor), (Roles.Operator, Roles.Operator) })
        {
            accounts[who] = await NewAccountAsync(who, role);
        }

        Subjects = await MatrixSubjects.CreateAsync(this);
    }

    public async ValueTask DisposeAsync()
    {
        Subjects.Dispose();
        await Server.DisposeAsync();
        await provider.DisposeAsync();
    }

    /// <summary>An account with this role, without anybody having set it up; its id.</summary>
    internal async Task<string> NewAccountAsync(string userName, string role)
    {
        await using var scope = Server.Services.CreateAsyncScope();
        var account = new Account { UserName = userName, DisplayName = $"{userName} Example" };
        AccountRoles.Require(await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account));
        await scope.ServiceProvider.GetRequiredService<AccountRoles>().SetAsync(account.Id, [role], default);
        return account.Id;
    }

    /// <summary>What a row's route answers to this one.</summary>
    /// <param name="path">The path, with ids in it.</param>
    /// <param name="subject">Whose session the person and the recorder are of.</param>
    /// <param name="ownPage">Whether it comes with what only the server's own pages can send: a form's token, a module's header.</param>
    /// <param name="asProgram">Whether a program asks that wants no page.</param>
    internal async Task<HttpResponseMessage> PerformAsync(RouteRow row, string who, string path, MatrixSubject subject, bool ownPage = true, bool asProgram = false)
    {
        var (cookies, user) = (new List<string>(), new ClaimsPrincipal());
        using var request = new HttpRequestMessage(new(row.Method), new Uri(Server.Url, path));
        if (who == Who.Person)
        {
            cookies.Add($"{ParticipantAuthentication.CookieName}={subject.PersonToken}");
            if (path.StartsWith("/consent", StringComparison.Ordinal)) // elsewhere this cookie is nobody's
            {
                user = new(new ClaimsIdentity([new(ParticipantAuthentication.SessionClaim, $"{subject.Session}"), new(ParticipantAuthentication.ParticipantClaim, "p1")], ParticipantAuthentication.SchemeName));
            }
        }
        else if (who == Who.Recorder) { request.Headers.Authorization = new("Bearer", subject.RecorderToken); }
        else if (who != Who.Nobody)
        {
            (var cookie, user) = await SignInAsync(accounts[who], who);
            cookies.Add(cookie);
        }

        if (row.IsForm) { request.Content = new FormUrlEncodedContent(Fields(row.Sent, ownPage ? TokenFor(user, cookies) : null)); }
        else if (row.Sent.Length > 0) { request.Content = new StringContent(row.Sent, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")); }
        request.Headers.Accept.ParseAdd(asProgram || path.StartsWith("/api/", StringComparison.Ordinal) ? "application/json" : "text/html");
        if (ownPage && path.StartsWith("/api/", StringComparison.Ordinal)) { request.Headers.Add("X-SecureRecorder", "1"); }
        if (cookies.Count > 0) { request.Headers.Add("Cookie", string.Join("; ", cookies)); }
        return await Plain.SendAsync(request);
    }

    /// <summary>A browser of this account, signed in as the server itself would do it.</summary>
    internal async Task<(string Cookie, ClaimsPrincipal User)> SignInAsync(string account, string userName)
    {
        var now = Server.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var session = new AccountSession
        {
            Id = Guid.NewGuid(), Account = account, StartedAt = now, LastSeenAt = now, ExpiresAt = now + (long)TimeSpan.FromHours(1).TotalMilliseconds, Device = "the matrix", Factor = SignInFactor.Authenticator, FactorAt = now,
        };
        await Server.InAccountsAsync(db =>
        {
            db.Sessions.Add(session);
            return db.SaveChangesAsync();
        });
        var user = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, account), new(ClaimTypes.Name, userName), new("sid", session.Id.ToString())], IdentityConstants.ApplicationScheme));
        var cookie = Server.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        return ($"{cookie.Cookie.Name}={cookie.TicketDataFormat.Protect(new(user, IdentityConstants.ApplicationScheme))}", user);
    }

    /// <summary>The token of a form as a page of this user has it; its cookie is added to the others.</summary>
    private string TokenFor(ClaimsPrincipal user, List<string> cookies)
    {
        var tokens = Server.Services.GetRequiredService<IAntiforgery>().GetTokens(new DefaultHttpContext { User = user, RequestServices = Server.Services });
        cookies.Add($"form={tokens.CookieToken}");
        return tokens.RequestToken!;
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(string sent, string? token)
    {
        if (token is not null) { yield return new("__RequestVerificationToken", token); }
        foreach (var field in sent.Split('&', StringSplitOptions.RemoveEmptyEntries)) { yield return new(field.Split('=')[0], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..]); }
    }

    /// <summary>A client that keeps no cookie and follows nothing; answers that go on are begun only.</summary>
    private sealed class PlainClient
    {
        private readonly HttpClient client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
