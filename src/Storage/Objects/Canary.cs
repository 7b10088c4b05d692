using System.Text;

namespace SecureRecorder.Storage.Objects;

/// <summary>The one object that holds nothing worth reading: whether a stranger can read it tells whether the bucket is private.</summary>
internal static class Canary
{
    public const string Name = "posture/canary";

    public static readonly ReadOnlyMemory<byte> Content =
        Encoding.ASCII.GetBytes("Nobody without a credential may read this. SecureRecorder checks that nobody can.\n");
}
