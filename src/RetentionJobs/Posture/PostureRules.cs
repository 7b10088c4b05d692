using static SecureRecorder.RetentionJobs.Posture.Severity;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Every rule: what it is about, how bad it is, why it fails, and what mends it. <c>$B</c> is the bucket.</summary>
public static class PostureRules
{
    public const string PublicAdmin = "public-admin";
    public const string PublicList = "public-list";
    public const string PublicMetadata = "public-metadata";
    public const string PublicRead = "public-read";
    public const string PublicWrite = "public-write";

    private const string Exposure = "exposure";
    private const string Block = "aws s3api put-public-access-block --bucket $B --public-access-block-configuration IgnorePublicAcls=true,RestrictPublicBuckets=true,BlockPublicPolicy=true,BlockPublicAcls=true";
    private const string EditPolicy = "aws s3api get-bucket-policy --bucket $B; take the statement out; aws s3api put-bucket-policy --bucket $B --policy file://policy.json";
    internal const string EditAcl = "aws s3api put-bucket-acl --bucket $B --acl private";
    internal const string EditObjects = "Neither the bucket's policy nor its list says so. Look at the objects' own: aws s3api get-object-acl --bucket $B --key KEY; then: aws s3api put-object-acl --bucket $B --key KEY --acl private";
    private const string EditLifecycle = "aws s3api put-bucket-lifecycle-configuration --bucket $B --lifecycle-configuration file://lifecycle.json";
    private const string EditCors = "aws s3api put-bucket-cors --bucket $B --cors-configuration file://cors.json";
    private const string EditLock = "aws s3api put-object-lock-configuration --bucket $B --object-lock-configuration file://lock.json";
    private const string EditReplication = "aws s3api put-bucket-replication --bucket $B --replication-configuration file://replication.json";
    private const string EditEncryption = "aws s3api put-bucket-encryption --bucket $B --server-side-encryption-configuration file://encryption.json";
    private const string Allow = "Give the checker the right to read this, and run the check again.";
    private const string Accept = "The server does not have this: rely on the other checks, or use a server that has it.";

    private static readonly Dictionary<string, PostureRule> All = new PostureRule[]
    {
        // Who reaches it.
        new(PublicList, Exposure, Critical, "Anybody can list what lies in the bucket.", EditPolicy),
        new(PublicRead, Exposure, Critical, "Anybody can read objects.", EditPolicy),
        new(PublicWrite, Exposure, Critical, "Anybody can write, delete or abort uploads.", EditPolicy),
        new(PublicAdmin, Exposure, Critical, "Anybody can change who reaches the bucket.", EditPolicy),
        new(PublicMetadata, Exposure, High, "Anybody can read the bucket's settings.", EditPolicy),
        new("notprincipal-allow", Exposure, Critical, "It allows everybody but those that it names.", EditPolicy),
        new("broad-ip", Exposure, High, "It allows a large part of the internet: a block wider than /8, or /32 of IPv6.", EditPolicy),
        new("weak-condition", Exposure, High, "It allows everybody under a condition that whoever asks can meet.", EditPolicy),
        new("wildcard-condition", Exposure, High, "It allows everybody under a condition with a wildcard where a fixed value must stand.", EditPolicy),
        new("spoofable-source-ip", Exposure, High, "It allows an address that whoever asks may claim to have.", "Have a proxy remove X-Forwarded-For and X-Real-IP, or: " + EditPolicy),
        new("condition-ignored", Exposure, High, "The server does not read conditions: what they restrict is not restricted.", EditPolicy),
        new("cross-account", Exposure, Medium, "It lets in an account that the organization does not trust.", EditPolicy),
        new("service-confused-deputy", Exposure, Medium, "It lets in a service that another customer can drive.", "Add aws:SourceAccount or aws:SourceArn to the statement: " + EditPolicy),
        new("cdn-origin-access", Exposure, Medium, "A network for publishing can show every object to anybody.", EditPolicy),
        new("access-point-delegation", Exposure, Low, "Access points decide: each has a policy of its own to be checked.", "aws s3control list-access-points --bucket $B --account-id ACCOUNT"),
        new("deny-masked", Exposure, Medium, "It allows everybody, and only a denial closes it.", EditPolicy),
        new("orphan-principal", Exposure, Low, "It names a role or user that was deleted.", EditPolicy),
        new("policy-lockout", Exposure, Medium, "It denies everybody, the recorder and the checker too.", EditPolicy),
        new("probe-contradicts", Exposure, Critical, "Strangers are let in, and nothing that the bucket says of itself says so.", "Ask the provider; until then record elsewhere."),
        new("probe-unconfirmed", Exposure, Medium, "The bucket says that it is public, and strangers were refused: it opens to somebody else, or later.", EditPolicy),
        new("probe-unknown", Exposure, High, "A stranger's request was neither refused nor answered.", "Look at the answer, and run the check again."),
        new("policy-unknown", "", High, "The policy could not be read.", Allow),
        new("policy-unsupported", "", Medium, "The server has no policies.", Accept),
        new("acl-masked", Exposure, Low, "Its list lets strangers in, and only another setting closes it.", EditAcl),
        new("acl-unknown", Exposure, High, "The access control list could not be read.", Allow),
        new("acl-unsupported", Exposure, Low, "The server has no access control lists.", Accept),
        new("public-object", Exposure, Critical, "Anybody can read this object, whatever the bucket says.", "aws s3api put-object-acl --bucket $B --key $K --acl private"),
        new("object-acl-unknown", Exposure, High, "The lists of single objects could not be read: one of them may be public.", Allow),
        new("tls-not-enforced", "tls", Medium, "Requests without TLS are not denied.", "Deny s3:* to * on $B and $B/* where BoolIfExists aws:SecureTransport is false."),

        // The net beneath.
        new("pab-missing", "pab", Medium, "Nothing blocks public access, whatever is configured later.", Block),
        new("pab-partial", "pab", Medium, "Public access is blocked in part.", Block),
        new("pab-unknown", "pab", High, "The public access block could not be read.", Allow),
        new("account-pab-unknown", "pab", Low, "Whether the account as a whole blocks public access is not known: the check does not ask it, and the bucket alone does not block everything.", "aws s3control get-public-access-block --account-id ACCOUNT"),
        new("pab-unsupported", "pab", Low, "The server has no public access block.", Accept),
        new("pab-not-enforced", "pab", Critical, "The block is configured, and a stranger was let in all the same.", EditPolicy),
        new("policy-masked", "pab", Medium, "The policy is public, and only the block closes it.", EditPolicy),

        // How long it stays.
        new("versioning-off", "versioning", Medium, "Overwriting destroys what was there.", "aws s3api put-bucket-versioning --bucket $B --versioning-configuration Status=Enabled"),
        new("versioning-suspended", "versioning", Medium, "New overwriting destroys what was there.", "aws s3api put-bucket-versioning --bucket $B --versioning-configuration Status=Enabled"),
        new("versioning-unsupported", "versioning", Medium, "The server has no versions.", Accept),
        new("versioning-unknown", "versioning", High, "Versioning could not be read.", Allow),
        new("mfa-delete-off", "versioning", Low, "Versions can be deleted without a second factor.", "aws s3api put-bucket-versioning --bucket $B --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa 'SERIAL CODE'"),
        new("lock-missing", "object_lock", Medium, "Objects can be deleted before their time.", "A lock is set when a bucket is made: make another one, and move."),
        new("lock-no-default", "object_lock", Medium, "Uploads without headers of their own are not locked.", EditLock),
        new("lock-mode-weak", "object_lock", Medium, "One permission and a header undo the lock.", EditLock),
        new("lock-shorter-than-retention", "object_lock", Medium, "The lock ends before the retention does.", EditLock),
        new("lock-exceeds-max-retention", "object_lock", High, "Nothing can be erased in time.", EditLock),
        new("lock-unknown", "object_lock", High, "The lock could not be read.", Allow),
        new("lock-unsupported", "object_lock", Medium, "The server has no locks.", Accept),
        new("expires-before-retention", "lifecycle", High, "A rule deletes recordings that must still be there.", EditLifecycle),
        new("retention-exceeded", "lifecycle", High, "Bytes are left after the last day that is allowed.", EditLifecycle),
        new("never-expires", "lifecycle", High, "Nothing deletes recordings.", EditLifecycle),
        new("noncurrent-never-expires", "lifecycle", High, "Versions before the current one stay for ever.", EditLifecycle),
        new("prefix-not-covered", "lifecycle", High, "No rule is about some of the prefixes.", EditLifecycle),
        new("filter-not-covering", "lifecycle", High, "The rule is about some of the objects only.", EditLifecycle),
        new("date-expiration", "lifecycle", High, "A date, once past, deletes everything every day.", EditLifecycle),
        new("lifecycle-races-application", "lifecycle", High, "A rule of the bucket deletes before the product does, and proves nothing.", EditLifecycle),
        new("lock-blocks-expiry", "lifecycle", Medium, "Locked versions cannot be deleted in time.", EditLock),
        new("archive-unreadable", "lifecycle", High, "Recordings cannot be replayed once they are archived.", EditLifecycle),
        new("mpu-not-aborted", "lifecycle", Medium, "Uploads that were not finished stay, and no listing shows them.", EditLifecycle),
        new("legal-hold-conflict", "lifecycle", High, "A rule deletes what is under a legal hold.", EditLifecycle),
        new("lifecycle-unknown", "lifecycle", High, "The rules could not be read.", Allow),
        new("lifecycle-unsupported", "lifecycle", Medium, "The server has no rules of deletion.", Accept),

        // Where it lies, and under which key.
        new("region-mismatch", "location", Critical, "The bucket lies in a region that is not allowed.", "Make a bucket in an allowed region, and stop recording here."),
        new("region-inconsistent", "location", High, "The server names two regions for one bucket.", "Ask the provider; until then record elsewhere."),
        new("region-unknown", "location", High, "The region could not be read.", Allow),
        new("region-unverifiable", "location", Medium, "The server does not say where its disks are.", "Keep the provider's written word for it."),
        new("bucket-missing", "location", Critical, "There is no such bucket: somebody else may make one of this name.", "aws s3api create-bucket --bucket $B"),
        new("no-default-encryption", "encryption", Medium, "The provider does not encrypt what lies there.", EditEncryption),
        new("not-kms", "encryption", Medium, "The provider holds the key.", EditEncryption),
        new("provider-managed-key", "encryption", Medium, "The key is one that the provider manages.", EditEncryption),
        new("kms-key-other-region", "encryption", High, "The key lies in another region.", EditEncryption),
        new("kms-key-other-account", "encryption", High, "Whoever owns the other account can cut off every recording.", EditEncryption),
        new("kms-key-unresolved", "encryption", Medium, "An alias does not say which key it is.", EditEncryption),
        new("encryption-unknown", "encryption", High, "The encryption could not be read.", Allow),
        new("encryption-unsupported", "encryption", Low, "The server does not say how it encrypts.", Accept),
        new("replicates-out-of-region", "replication", Critical, "Recordings are copied to a region that is not allowed.", EditReplication),
        new("replicas-remain-out-of-region", "replication", High, "Copies made earlier remain in a region that is not allowed.", "Delete every version in the other bucket."),
        new("replica-region-unknown", "replication", High, "Where the copies go is not known.", EditReplication),
        new("replicates-cross-account", "replication", Critical, "Copies go to an account that the organization does not trust.", EditReplication),
        new("replica-ownership-transferred", "replication", High, "The other account owns the copies.", EditReplication),
        new("replica-never-expires", "replication", High, "Copies stay longer than is allowed: deletions are not copied.", "Give the other bucket a rule of deletion of its own."),
        new("replication-unknown", "replication", High, "Whether copies are made could not be read.", Allow),

        // Who else sees it.
        new("cors-any-origin", "cors", Medium, "Every web page can read answers, with an address that leaked.", EditCors),
        new("cors-null-origin", "cors", Medium, "Files and closed-off frames can read answers.", EditCors),
        new("cors-wildcard-origin", "cors", Medium, "Every subdomain can read answers, a lost one too.", EditCors),
        new("cors-insecure-origin", "cors", Medium, "A page without TLS can be changed on its way.", EditCors),
        new("cors-write-methods", "cors", Medium, "Every web page can send writes.", EditCors),
        new("cors-unverifiable", "cors", Low, "What counts is a setting of the server that cannot be read.", "Set MINIO_API_CORS_ALLOW_ORIGIN."),
        new("cors-unknown", "cors", Medium, "It could not be read which pages may read answers.", Allow),
        new("cors-unsupported", "cors", Low, "The server does not say which pages may read answers.", Accept),
        new("website-enabled", "website", Critical, "The bucket is served as a website.", "aws s3api delete-bucket-website --bucket $B"),
        new("website-redirect", "website", Critical, "The bucket's address leads elsewhere.", "aws s3api delete-bucket-website --bucket $B"),
        new("website-unknown", "website", High, "Whether the bucket is served as a website could not be read.", Allow),
        new("access-logging-off", "logging", Low, "Nobody notes who asked for what.", "aws s3api put-bucket-logging --bucket $B --bucket-logging-status file://logging.json"),
        new("log-target-self", "logging", Medium, "The bucket logs into itself.", "aws s3api put-bucket-logging --bucket $B --bucket-logging-status file://logging.json"),
        new("log-target-unknown", "logging", Medium, "The log goes to a bucket that is not known.", "aws s3api put-bucket-logging --bucket $B --bucket-logging-status file://logging.json"),
        new("log-target-out-of-region", "logging", Medium, "Names of objects and addresses leave the region.", "aws s3api put-bucket-logging --bucket $B --bucket-logging-status file://logging.json"),
        new("logging-unknown", "logging", Medium, "Whether access is logged could not be read.", Allow),
        new("logging-unsupported", "logging", Low, "The server does not log access per bucket.", Accept),
    }.ToDictionary(rule => rule.Name, StringComparer.Ordinal);

    /// <summary>Names of all rules.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <exception cref="KeyNotFoundException">There is no such rule.</exception>
    public static PostureRule Find(string name) => All[name];

    /// <summary>Whether a rule says what a stranger may do.</summary>
    public static bool IsPublic(string name) => name is PublicAdmin or PublicList or PublicMetadata or PublicRead or PublicWrite;
}

/// <param name="Family">What it belongs to; empty: to all.</param>
/// <param name="Mend">The command, or what to do where no command does it.</param>
public sealed record PostureRule(string Name, string Family, Severity Severity, string Why, string Mend)
{
    /// <summary>What mends it in this bucket, at this server.</summary>
    /// <param name="read">The kind of document, or the request, that shows it.</param>
    public string MendFor(string read, string bucket, Uri endpoint, string server) => Mends(read).Replace(",BlockPublicAcls=true", server == "ceph" ? "" : ",BlockPublicAcls=true", StringComparison.Ordinal) // with it, Ceph refuses every write
        .Replace("$B", bucket, StringComparison.Ordinal).Replace("aws s3api", $"aws --endpoint-url {endpoint.GetLeftPart(UriPartial.Authority)} s3api", StringComparison.Ordinal);

    private string Mends(string read) => !PostureRules.IsPublic(Name) || read == "policy" ? Mend : read == "acl" ? PostureRules.EditAcl : PostureRules.EditObjects;

    public bool IsIn(IReadOnlyList<string> families) => Family.Length == 0 || families.Contains(Family, StringComparer.Ordinal);
}

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    Low,
    Medium,
    High,

    /// <summary>New recordings stop.</summary>
    Critical,
}
