using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Whether uploads are locked as long as is demanded, and no longer than is allowed.</summary>
internal sealed class ObjectLockCheck : IPostureCheck
{
    private const int DaysOfYear = 365;

    public string Kind => "object_lock";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(Findings(document, context));

    /// <summary>Days for which an upload without headers of its own is locked; <see langword="null"/>: it is not.</summary>
    public static int? DefaultDays(JsonElement document)
    {
        var retention = Retention(document);
        return retention.Find("Years").AsNumber() is { } years ? years * DaysOfYear : retention.Find("Days").AsNumber();
    }

    private static List<string> Findings(JsonElement document, PostureContext context)
    {
        var required = context.Flag("require_lock") is true;
        switch (document.AbsenceOf())
        {
            case Absence.Unknown or Absence.NoBucket: return ["lock-unknown"];
            case Absence.Unsupported: return required ? ["lock-unsupported"] : [];
            case Absence.NotConfigured: return required ? ["lock-missing"] : [];
        }

        if (document.Unwrap("ObjectLockConfiguration").Find("ObjectLockEnabled").AsText() != "Enabled" && Retention(document).IsNothing()) { return required ? ["lock-missing"] : []; }
        if (DefaultDays(document) is not { } days) { return required ? ["lock-no-default"] : []; }

        var findings = new List<string>();
        if (required && context.Text("required_mode") == "COMPLIANCE" && Retention(document).Find("Mode").AsText() != "COMPLIANCE") { findings.Add("lock-mode-weak"); }
        if (required && days < context.MinimumDays) { findings.Add("lock-shorter-than-retention"); }
        if (days > context.MaximumDays) { findings.Add("lock-exceeds-max-retention"); }
        return findings;
    }

    private static JsonElement Retention(JsonElement document)
    {
        var rule = document.Unwrap("ObjectLockConfiguration").Find("Rule");
        return rule.Find("DefaultRetention") is { ValueKind: not JsonValueKind.Undefined } retention ? retention : document.Find("DefaultRetention") is { ValueKind: not JsonValueKind.Undefined } bare ? bare : document.Find("Mode").ValueKind is JsonValueKind.Undefined ? default : document;
    }
}
