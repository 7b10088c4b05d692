using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary><c>secure-recorder-admin user add|reset|disable|enable|list</c>: accounts, from the machine itself, on the data directory. The server may run meanwhile.</summary>
internal static class UserCommand
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int NoSuchAccount = 2;
    private const int NoData = 3;

    private const string Codes = "Exit code 0: done; 1: refused; 2: no such account; 3: there is no data directory, or it cannot be read.";

    public static Command Create(Func<string[], WebApplication> build)
    {
        var user = new Command("user", "Accounts, from the machine itself, on the data directory (DataDirectory). The server may run meanwhile.");
        var name = new Argument<string>("name") { Description = "The user name." };
        var displayName = new Option<string?>("--name") { Description = "The name that recorded people read. Default: the user name." };
        var role = new Option<string[]>("--role") { Description = $"What it may do: {string.Join(", ", Roles.All)}. May be given more than once. Default: technician.", AllowMultipleArgumentsPerToken = false };
        var server = new Option<string?>("--server") { Description = $"The server's address in the link. Default: Server:PublicAddress, or {ServerHost.DefaultUrl}." };
        Add("add", "Invite somebody: prints a one-time link, with which they choose a password and set up their second factor.", [name], [displayName, role, server], (parsed, verbs, cancellation) =>
            verbs.AddAsync(parsed.GetRequiredValue(name), parsed.GetValue(displayName), parsed.GetValue(role), parsed.GetValue(server), cancellation));
        Add("reset", "Take password and second factor away, sign the account out everywhere, and print a new one-time link.", [name], [server], (parsed, verbs, cancellation) =>
            verbs.ResetAsync(parsed.GetRequiredValue(name), parsed.GetValue(server), cancellation));
        Add("disable", "Let nobody sign in with the account any more, and sign it out everywhere.", [name], [], (parsed, verbs, cancellation) =>
            verbs.ChangeAsync(parsed.GetRequiredValue(name), "disabled", (change, id) => change.DisableAsync(AuditActor.Operator, id, cancellation), cancellation));
        Add("enable", "Let a disabled account sign in again.", [name], [], (parsed, verbs, cancellation) =>
            verbs.ChangeAsync(parsed.GetRequiredValue(name), "enabled", (change, id) => change.EnableAsync(AuditActor.Operator, id, cancellation), cancellation));
        Add("list", "List all accounts.", [], [], (_, verbs, cancellation) => verbs.ListAsync(cancellation));
        return user;

        void Add(string verb, string description, Argument[] arguments, Option[] options, Func<ParseResult, Verbs, CancellationToken, Task<int>> run)
        {
            var command = new Command(verb, $"{description} {Codes}") { TreatUnmatchedTokensAsErrors = false };
            foreach (var argument in arguments) { command.Arguments.Add(argument); }
            foreach (var option in options) { command.Options.Add(option); }
            command.SetAction((parsed, cancellation) => OnDataAsync(build, [.. parsed.UnmatchedTokens], parsed.InvocationConfiguration.Output, verbs => run(parsed, verbs, cancellation), cancellation));
            user.Subcommands.Add(command);
        }
    }

    private static async Task<int> OnDataAsync(Func<string[], WebApplication> build, string[] settings, TextWriter output, Func<Verbs, Task<int>> run, CancellationToken cancellation)
    {
        if (settings.FirstOrDefault(setting => !setting.StartsWith("--", StringComparison.Ordinal)) is { } stray)
        {
            await output.WriteLineAsync($"'{stray}' is not understood. Settings are given as --DataDirectory=…; see: secure-recorder-admin user --help");
            return Refused;
        }

        try
        {
            // Looked at before anything is opened: a folder that was mistyped is not made.
            var configuration = ServerHost.CreateBuilder(settings).Configuration;
            var folder = Path.GetFullPath(configuration[nameof(DataOptions.DataDirectory)] ?? new DataOptions().DataDirectory);
            if (configuration[$"{CatalogueOptions.Section}:{nameof(CatalogueOptions.Kind)}"] is not CatalogueOptions.Postgresql && !File.Exists(Path.Combine(folder, "catalogue.db")))
            {
                await output.WriteLineAsync($"There is no catalogue in '{folder}'. Start the server once, or say where its data is: --DataDirectory=… or the environment variable DataDirectory.");
                return NoData;
            }

            await using var app = build(settings);
            await using var scope = app.Services.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<AccountsDb>();
            await accounts.BringUpToDateAsync(cancellation);
            await scope.ServiceProvider.GetRequiredService<Storage.Catalogue.CatalogueDb>().BringUpToDateAsync(cancellation);
            return await run(new(scope.ServiceProvider, accounts, output));
        }
        catch (Exception refused) when (refused is StartRefusedException or IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException or Npgsql.NpgsqlException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            await output.WriteLineAsync($"The data cannot be used: {refused.Message}");
            return NoData;
        }
    }

    private sealed class Verbs(IServiceProvider services, AccountsDb accounts, TextWriter output)
    {
        public async Task<int> AddAsync(string userName, string? displayName, string[]? roles, string? server, CancellationToken cancellation)
        {
            string[] wanted = roles is { Length: > 0 } ? roles : [Roles.Technician];
            switch (await services.GetRequiredService<InviteAccount>().RunAsync(AuditActor.Operator, userName, displayName ?? userName, wanted, cancellation))
            {
                case InviteAccount.Outcome.Invited invited:
                    await PrintAsync($"{invited.Account.UserName} is invited as {string.Join(", ", wanted)}.", invited.Token, server);
                    return Done;
                case InviteAccount.Outcome.Refused refused:
                    foreach (var reason in refused.Reasons) { await output.WriteLineAsync(reason); }
                    return Refused;
                case var other: throw new InvalidOperationException($"Unknown outcome {other}.");
            }
        }

        public async Task<int> ResetAsync(string userName, string? server, CancellationToken cancellation)
        {
            if (await FindAsync(userName, cancellation) is not { } id) { return NoSuchAccount; }
            switch (await services.GetRequiredService<ChangeAccount>().ResetAsync(AuditActor.Operator, id, evenTheLastAdmin: true, cancellation))
            {
                case ChangeAccount.Outcome.Linked linked:
                    await PrintAsync($"{linked.Account.UserName} is reset: the old password and second factor do not work any more, and every browser is signed out.", linked.Token, server);
                    return Done;
                case ChangeAccount.Outcome.Done done:
                    await output.WriteLineAsync($"{done.Account.UserName} is reset: the old second factor does not work any more, and every browser is signed out. The next sign-in by the organization sets another one up.");
                    return Done;
                default:
                    await output.WriteLineAsync($"'{userName}' was not reset: it is disabled, or it signs in at the organization's identity provider and has no second factor here.");
                    return Refused;
            }
        }

        public async Task<int> ChangeAsync(string userName, string done, Func<ChangeAccount, string, Task<ChangeAccount.Outcome>> change, CancellationToken cancellation)
        {
            if (await FindAsync(userName, cancellation) is not { } id) { return NoSuchAccount; }

            var outcome = await change(services.GetRequiredService<ChangeAccount>(), id);
            await output.WriteLineAsync(outcome is ChangeAccount.Outcome.Refused refused ? string.Join(' ', refused.Reasons) : $"{userName} is {done}.");
            return outcome is ChangeAccount.Outcome.Done ? Done : Refused;
        }

        public async Task<int> ListAsync(CancellationToken cancellation)
        {
            var people = await services.GetRequiredService<ListPeople>().AllAsync(cancellation);
            if (people.Count == 0) { await output.WriteLineAsync("There is no account. While there is none, each start of the server prints a link that makes the first one."); }
            foreach (var person in people)
            {
                await output.WriteLineAsync($"{person.Account.UserName,-24} {person.State.Words,-22} {string.Join(", ", Roles.All.Where(person.Roles.Contains)),-40} {person.Account.DisplayName}");
            }

            return Done;
        }

        private async Task<string?> FindAsync(string userName, CancellationToken cancellation)
        {
            var found = await accounts.Users.AsNoTracking().SingleOrDefaultAsync(account => account.UserName == userName, cancellation);
            if (found is null) { await output.WriteLineAsync($"There is no account '{userName}'. See: secure-recorder-admin user list"); }
            return found?.Id;
        }

        private async Task PrintAsync(string what, string token, string? server)
        {
            await output.WriteLineAsync(what);
            await output.WriteLineAsync($"Hand over this link (once, valid {AccountLinks.Validity.TotalHours:0} h; it is printed only now):");
            await output.WriteLineAsync($"{(server ?? services.GetRequiredService<IOptions<ServerOptions>>().Value.Public?.ToString() ?? ServerHost.DefaultUrl).TrimEnd('/')}{AccountLinks.PathOf(token)}");
        }
    }
}
