using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Whether the provider notes who asked for what, and where it keeps the notes: they name objects and addresses.</summary>
internal sealed class LoggingCheck : IPostureCheck
{
    public string Kind => "logging";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(Findings(document, context));

    private static IEnumerable<string> Findings(JsonElement document, PostureContext context)
    {
        var required = context.Flag("require_logging") is true;
        var absence = document.AbsenceOf();
        if (absence is Absence.Unknown or Absence.NoBucket) { return ["logging-unknown"]; }
        if (absence is Absence.Unsupported || (context.IsMinio && absence is Absence.None)) { return required ? ["logging-unsupported"] : []; } // MinIO's answer is always the same
        if (document.Unwrap("BucketLoggingStatus").Find("LoggingEnabled").Find("TargetBucket").AsText() is not { Length: > 0 } target) { return required ? ["access-logging-off"] : []; }

        if (target == context.Bucket) { return ["log-target-self"]; }
        if (context.RegionOf(target) is not { } region) { return ["log-target-unknown"]; }
        return context.IsAllowedRegion(region) is false ? ["log-target-out-of-region"] : [];
    }
}
