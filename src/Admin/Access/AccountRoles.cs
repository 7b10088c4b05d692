using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>Reads and writes which roles an account has.</summary>
internal sealed class AccountRoles(AccountsDb accounts, RoleManager<IdentityRole> roles)
{
    public async Task<IReadOnlyList<string>> OfAsync(string account, CancellationToken cancellation) =>
        await (from link in accounts.UserRoles join role in accounts.Roles on link.RoleId equals role.Id where link.UserId == account select role.Name!).ToListAsync(cancellation);

    /// <summary>Gives the account these roles and no others.</summary>
    public async Task SetAsync(string account, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        foreach (var role in Roles.All)
        {
            if (!await roles.RoleExistsAsync(role)) { Require(await roles.CreateAsync(new(role))); }
        }

        var ids = await accounts.Roles.Where(role => wanted.Contains(role.Name!)).Select(role => role.Id).ToListAsync(cancellation);
        await accounts.UserRoles.Where(link => link.UserId == account).ExecuteDeleteAsync(cancellation);
        accounts.UserRoles.AddRange(ids.Select(id => new IdentityUserRole<string> { UserId = account, RoleId = id }));
        await accounts.SaveChangesAsync(cancellation);
    }

    /// <exception cref="InvalidOperationException">Identity refused what the rules allow.</exception>
    public static void Require(IdentityResult result)
    {
        if (!result.Succeeded) { throw new InvalidOperationException(string.Join(' ', result.Errors.Select(error => error.Description))); }
    }
}
