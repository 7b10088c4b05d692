using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>As long as there is no account, each start prints a new link that makes the first one. Older links stop working.</summary>
internal sealed class PrintSetupLink(IServiceScopeFactory scopes, IServer server, IHostApplicationLifetime lifetime, IOptions<ServerOptions> options, TextWriter console, TimeProvider clock) : IHostedService
{
    public static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        if (await accounts.Users.AnyAsync(cancellationToken)) { return; }

        var token = SecretTokens.Create();
        await accounts.SetupLinks.ExecuteDeleteAsync(cancellationToken);
        accounts.SetupLinks.Add(new() { TokenHash = SecretTokens.Hash(token), ExpiresAt = clock.GetUtcNow().Add(Validity).ToUnixTimeMilliseconds() });
        await accounts.SaveChangesAsync(cancellationToken);
        lifetime.ApplicationStarted.Register(() =>
            console.WriteLine($"Set up the first admin (once, valid {Validity.TotalHours:0} h): {Address()}/setup/{token}"));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Address() => (options.Value.Public?.ToString() ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "").TrimEnd('/');
}
