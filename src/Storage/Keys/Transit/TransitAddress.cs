using System.Text.RegularExpressions;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.Transit;

/// <summary>Where a key of HashiCorp Vault's Transit engine lies: <c>https://VAULT/v1/MOUNT/keys/NAME</c>.</summary>
/// <param name="Engine">Address of the engine, without a slash at its end.</param>
internal sealed partial record TransitAddress(string Engine, string Name)
{
    public string Key => $"{Engine}/keys/{Name}";

    /// <exception cref="KeyRefusedException">Not such an address.</exception>
    public static TransitAddress Parse(string text)
    {
        var address = ServiceAddress.Parse(text, "a key of HashiCorp Vault's Transit engine");
        var path = Path().Match(address.AbsolutePath);
        return path.Success
            ? new(address.GetLeftPart(UriPartial.Authority) + path.Groups["engine"].Value, path.Groups["name"].Value)
            : throw new KeyRefusedException($"'{text}' is not the address of a key of HashiCorp Vault's Transit engine: it must be https://VAULT/v1/MOUNT/keys/NAME.");
    }

    /// <summary>The version that this identifier names, where it is one of this very key.</summary>
    public int? VersionOf(string kid) =>
        kid.StartsWith(Key + "/", StringComparison.Ordinal) && Version().IsMatch(kid.AsSpan(Key.Length + 1)) ? int.Parse(kid.AsSpan(Key.Length + 1)) : null;

    [GeneratedRegex("^(?<engine>/v1(/[0-9A-Za-z_-]{1,64}){1,5})/keys/(?<name>[0-9A-Za-z_-]{1,64})\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Path();

    [GeneratedRegex("^[1-9][0-9]{0,8}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
