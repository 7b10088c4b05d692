using SecureRecorder.RetentionJobs.Posture.Checks;
using SecureRecorder.RetentionJobs.Posture.Policies;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Judges a document by the check for its kind.</summary>
public static class JudgePosture
{
    private static readonly Dictionary<string, IPostureCheck> Checks = new IPostureCheck[]
    {
        new PolicyCheck(), new AclCheck(), new PublicAccessBlockCheck(),
        new VersioningCheck(), new ObjectLockCheck(), new LifecycleCheck(),
        new EncryptionCheck(), new ReplicationCheck(), new LocationCheck(),
        new CorsCheck(), new WebsiteCheck(), new LoggingCheck(),
    }.ToDictionary(check => check.Kind, StringComparer.Ordinal);

    /// <summary>The kinds of document that can be judged.</summary>
    public static IReadOnlyCollection<string> Kinds => Checks.Keys;

    /// <returns>The findings of the families that the case's focus names; of all where it names none.</returns>
    /// <exception cref="InvalidDataException">There is no check for this kind.</exception>
    public static Judgement Run(PostureCase judged)
    {
        if (!Checks.TryGetValue(judged.Kind, out var check)) { throw new InvalidDataException($"Case '{judged.Id}': '{judged.Kind}' is not one of {string.Join(", ", Kinds)}."); }

        var judgement = check.Judge(judged.Document, judged.Context);
        var focus = judged.Context.Focus;
        return focus.Count == 0 ? judgement : judgement with { Findings = [.. judgement.Findings.Where(finding => PostureRules.Find(finding).IsIn(focus))] };
    }
}
