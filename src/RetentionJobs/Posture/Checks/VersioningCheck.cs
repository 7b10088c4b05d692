using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Whether overwriting and deleting leaves the version before, where that is demanded.</summary>
internal sealed class VersioningCheck : IPostureCheck
{
    public string Kind => "versioning";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(Findings(document, context));

    private static IEnumerable<string> Findings(JsonElement document, PostureContext context)
    {
        var required = context.Flag("require_versioning") is true;
        var absence = document.AbsenceOf();
        if (absence is Absence.Unknown or Absence.NoBucket) { yield return "versioning-unknown"; yield break; }
        if (absence is Absence.Unsupported || context.IsGarage)
        {
            if (required) { yield return "versioning-unsupported"; }
            yield break;
        }

        var versioning = document.Unwrap("VersioningConfiguration");
        var status = versioning.Find("Status").AsText();
        if (required && status != "Enabled") { yield return status == "Suspended" ? "versioning-suspended" : "versioning-off"; }
        if ((context.Flag("require_mfa_delete") ?? context.Flag("mfa_delete_required")) is true && versioning.Find("MFADelete", "MfaDelete").AsText() != "Enabled") { yield return "mfa-delete-off"; }
    }
}
