using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Locations;

namespace SecureRecorder.Admin.Keys;

/// <summary>The main location's key is one of the configuration's and lies in its region; and no secret of a key stands on a command line, which others can read.</summary>
internal sealed class KeysFitLocation(IOptions<LocationOptions> main, IConfiguration configuration) : IValidateOptions<LocationSecrets>
{
    private static readonly string[] Secrets = ["Passphrase", "Credential:ClientSecret", "SecretAccessKey"];

    public ValidateOptionsResult Validate(string? name, LocationSecrets options)
    {
        var failures = new List<string>();
        foreach (var key in options.Keys.Keys)
        {
            failures.AddRange(Secrets.Select(secret => $"Keys:{key}:{secret}").Where(IsOnTheCommandLine).Select(path => $"{path} is on the command line, where others can read it. Set it in the environment ({path.Replace(":", "__", StringComparison.Ordinal)}) or in appsettings.json."));
        }

        if (main.Value.Key is { } wanted)
        {
            if (!options.Keys.TryGetValue(wanted, out var found)) { failures.Add($"Location:Key is '{wanted}', which is not one of Keys."); }
            else if (found.Region != main.Value.Region) { failures.Add($"Location:Key is '{wanted}', which lies in '{found.Region}' (Keys:{wanted}:Region); the location lies in '{main.Value.Region}' (Location:Region). A key lies in the region of what it opens."); }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private bool IsOnTheCommandLine(string path) =>
        configuration is IConfigurationRoot root && root.Providers.OfType<CommandLineConfigurationProvider>().Any(provider => provider.TryGet(path, out _));
}
