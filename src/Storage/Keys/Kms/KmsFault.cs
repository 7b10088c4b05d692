using System.Net;
using Amazon.Runtime;

namespace SecureRecorder.Storage.Keys.Kms;

/// <summary>What an error of AWS KMS means.</summary>
internal enum KmsFault
{
    Other,
    Gone,
    Altered,
    Disabled,
    WrongState,
    NotForThis,
    Denied,
    Throttled,
    Unavailable,

    /// <summary>An answer that cannot be read: it may hold a data key, and the client repeats it in its message, which is never passed on.</summary>
    Nonsense,
}

/// <summary>Reads errors of AWS KMS.</summary>
/// <remarks>Source: AWS KMS API, "Common Errors" and the errors of Decrypt and GetPublicKey.</remarks>
internal static class KmsFaults
{
    public static KmsFault Of(AmazonServiceException refused) => refused switch
    {
        AmazonUnmarshallingException => KmsFault.Nonsense,
        { ErrorCode: "NotFoundException" } => KmsFault.Gone,
        { ErrorCode: "InvalidCiphertextException" or "IncorrectKeyException" } => KmsFault.Altered,
        { ErrorCode: "DisabledException" } => KmsFault.Disabled,
        { ErrorCode: "KMSInvalidStateException" } => KmsFault.WrongState,
        { ErrorCode: "InvalidKeyUsageException" or "UnsupportedOperationException" } => KmsFault.NotForThis,
        { ErrorCode: "AccessDeniedException" or "UnrecognizedClientException" or "ExpiredTokenException" or "InvalidClientTokenId" or "MissingAuthenticationTokenException" or "InvalidSignatureException" or "IncompleteSignature" or "SignatureDoesNotMatch" } => KmsFault.Denied,
        { ErrorCode: "ThrottlingException" or "LimitExceededException" } or { StatusCode: HttpStatusCode.TooManyRequests } => KmsFault.Throttled,
        { StatusCode: >= HttpStatusCode.InternalServerError or < HttpStatusCode.Continue or HttpStatusCode.RequestTimeout } => KmsFault.Unavailable,
        _ => KmsFault.Other,
    };

    public static string Describe(AmazonServiceException refused) => $"it answered {(int)refused.StatusCode} {refused.ErrorCode}: {refused.Message}".ReplaceLineEndings(" ");
}
