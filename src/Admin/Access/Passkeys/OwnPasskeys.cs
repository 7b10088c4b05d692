using System.Buffers.Text;
using Microsoft.AspNetCore.Identity;

namespace SecureRecorder.Admin.Access.Passkeys;

/// <summary>What people do with their own passkeys. Adding and removing one asks for the password: a browser left open is not enough.</summary>
internal sealed class OwnPasskeys(UserManager<Account> users, IPasskeyHandler<Account> handler, PasskeyChallenges challenges, OwnAccount own)
{
    /// <summary>Passkeys that an account may have.</summary>
    public const int Limit = 10;

    /// <summary>Characters of a passkey's name.</summary>
    public const int NameLimit = 60;

    /// <summary>Characters of what a browser sends; one with every extension has some thousands.</summary>
    public const int CredentialLimit = 32_000;

    /// <summary>What <c>navigator.credentials.create</c> is asked for, JSON.</summary>
    public async Task<string> AskAsync(HttpContext http, Account account, CancellationToken cancellation)
    {
        var asked = await handler.MakeCreationOptionsAsync(new() { Id = account.Id, Name = account.UserName!, DisplayName = account.DisplayName }, http);
        await challenges.KeepAsync(http, account.Id, asked.AttestationState!, cancellation);
        return asked.CreationOptionsJson;
    }

    /// <returns>Why it was refused; empty: done.</returns>
    public async Task<IReadOnlyList<string>> AddAsync(HttpContext http, Account account, string? password, string? name, string? credential, CancellationToken cancellation)
    {
        if (OfName(name) is { } unnamed) { return [unnamed]; }
        if ((await users.GetPasskeysAsync(account)).Count >= Limit) { return [$"An account has at most {Limit} passkeys. Remove one first."]; }
        if (await challenges.TakeAsync(http, account.Id, cancellation) is not { } state || credential is not { Length: > 0 and <= CredentialLimit }) { return ["The passkey was not made, or it took too long. Try again."]; }

        var made = await handler.PerformAttestationAsync(new() { HttpContext = http, CredentialJson = credential, AttestationState = state });
        if (!made.Succeeded || !made.Passkey.IsUserVerified) { return ["The passkey is not accepted. Use one that asks for your finger, your face or its PIN, and that is not here already."]; }
        if (await own.RefusalAsync(http, account, "account.passkey-added", password, cancellation) is { } refusal) { return [refusal]; }

        made.Passkey.Name = name!.Trim();
        AccountRoles.Require(await users.AddOrUpdatePasskeyAsync(account, made.Passkey));
        await own.EndOthersAsync(http, account, cancellation);
        return [];
    }

    /// <param name="id">As <see cref="IdOf"/> writes it.</param>
    public async Task<IReadOnlyList<string>> RenameAsync(Account account, string? id, string? name)
    {
        if (OfName(name) is { } unnamed) { return [unnamed]; }
        if (await FindAsync(account, id) is not { } passkey) { return [Gone]; }

        passkey.Name = name!.Trim();
        AccountRoles.Require(await users.AddOrUpdatePasskeyAsync(account, passkey));
        return [];
    }

    public async Task<IReadOnlyList<string>> RemoveAsync(HttpContext http, Account account, string? password, string? id, CancellationToken cancellation)
    {
        if (await FindAsync(account, id) is not { } passkey) { return [Gone]; }
        if (await own.RefusalAsync(http, account, "account.passkey-removed", password, cancellation) is { } refusal) { return [refusal]; }

        AccountRoles.Require(await users.RemovePasskeyAsync(account, passkey.CredentialId));
        await own.EndOthersAsync(http, account, cancellation);
        return [];
    }

    /// <summary>What forms call a passkey: base64url of its credential's id.</summary>
    public static string IdOf(UserPasskeyInfo passkey) => Base64Url.EncodeToString(passkey.CredentialId);

    private const string Gone = "There is no such passkey. Somebody has removed it.";

    private async Task<UserPasskeyInfo?> FindAsync(Account account, string? id) => (await users.GetPasskeysAsync(account)).FirstOrDefault(passkey => IdOf(passkey) == id);

    private static string? OfName(string? name) => string.IsNullOrWhiteSpace(name) || name.Trim().Length > NameLimit || name.Any(char.IsControl)
        ? $"Give the passkey a name by which you know it again, at most {NameLimit} characters." : null;
}
