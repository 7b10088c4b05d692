using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>What kind of place recordings go to. Section <c>Location</c>; a bucket's own settings are <see cref="S3LocationOptions"/>, in the same section.</summary>
public sealed class LocationOptions : IValidatableObject
{
    public const string Section = S3LocationOptions.Section;
    public const string Folder = "folder";
    public const string S3 = "s3";

    /// <summary><c>folder</c> (the default: bucket/ in the data folder) or <c>s3</c>.</summary>
    public string Kind { get; init; } = Folder;

    /// <summary>Region that the notice names and that a bucket must be in: 1 to 40 of a-z, 0-9 and '-'. Default <c>local</c>.</summary>
    [RegularExpression("^[a-z0-9][a-z0-9-]{0,39}$", ErrorMessage = "Location:Region must be 1 to 40 characters of a-z, 0-9 and '-'.")]
    public string Region { get; init; } = "local";

    /// <summary>Name of the key (<c>Keys:NAME</c>) that data keys are wrapped for. Default: the server's own, <c>keys/kek.pem</c> in the data folder.</summary>
    public string? Key { get; init; }

    /// <summary>Whether what is recorded is wrapped for a key of the month in which it expires, which is made beside <see cref="Key"/> and destroyed when that month is over. Default: no.</summary>
    public bool ExpiringKeys { get; init; }

    /// <summary>Whether the server makes the bucket, and makes it private, when it starts. Default: yes.</summary>
    public bool Provision { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind is not (Folder or S3)) { yield return new($"Location:Kind is '{Kind}'; it must be '{Folder}' or '{S3}'.", [nameof(Kind)]); }
    }
}

[OptionsValidator]
internal sealed partial class LocationOptionsValidator : IValidateOptions<LocationOptions>;

/// <summary>A bucket's settings matter only where the location is a bucket.</summary>
internal sealed class BucketOptionsValidator(IOptions<LocationOptions> location) : IValidateOptions<S3LocationOptions>
{
    public ValidateOptionsResult Validate(string? name, S3LocationOptions options)
    {
        if (location.Value.Kind != LocationOptions.S3) { return ValidateOptionsResult.Skip; }

        var found = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(found.Select(result => $"Location:{result.MemberNames.FirstOrDefault()}: {result.ErrorMessage}"));
    }
}
