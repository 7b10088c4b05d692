using System.Net;
using Amazon.Runtime;

namespace SecureRecorder.Storage.Objects;

/// <summary>Turns what an S3 server answers, or that it does not, into the faults of a store.</summary>
internal static class S3Fault
{
    /// <summary>Whether this came from the server or from the way to it, and not from the caller, who gave up or asked for nonsense.</summary>
    public static bool IsFromTheServer(Exception failure, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && failure is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException or OperationCanceledException
            or (IOException and not ObjectStoreException);

    public static bool IsMissingBucket(this AmazonServiceException failure) => failure.ErrorCode == "NoSuchBucket";

    /// <summary>404, but not for the bucket. A HEAD has no body: there, 404 may mean either.</summary>
    public static bool IsMissingObject(this AmazonServiceException failure) =>
        failure.StatusCode == HttpStatusCode.NotFound && !failure.IsMissingBucket();

    /// <summary>412: the condition <c>If-None-Match: *</c> did not hold.</summary>
    public static bool IsAlreadyThere(this AmazonServiceException failure) => failure.StatusCode == HttpStatusCode.PreconditionFailed;

    /// <summary>What the server said, in one line.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        AmazonServiceException { StatusCode: >= HttpStatusCode.Continue } answer => $"the server answered {(int)answer.StatusCode} {answer.ErrorCode}".TrimEnd()
            + (string.IsNullOrWhiteSpace(answer.Message) ? "" : $": {answer.Message.Trim()}"),
        OperationCanceledException or TimeoutException => "the server did not answer in time",
        _ => $"no whole answer: {failure.GetBaseException().Message}",
    };

    public static ObjectStoreException Translate(string operation, string name, S3LocationOptions location, Exception failure) =>
        new($"{operation} of '{name}' in bucket '{location.Bucket}' at {location.Endpoint}: {Describe(failure)}", FaultOf(failure), failure);

    private static ObjectStoreFault FaultOf(Exception failure)
    {
        if (failure is not AmazonServiceException { StatusCode: >= HttpStatusCode.Continue } answer) { return ObjectStoreFault.Unavailable; }
        if (answer.IsMissingBucket()) { return ObjectStoreFault.BucketMissing; }
        if (answer.ErrorCode is "QuotaExceeded" or "XMinioStorageFull" || answer.StatusCode == HttpStatusCode.InsufficientStorage) { return ObjectStoreFault.Full; }

        return (int)answer.StatusCode switch
        {
            >= 500 or 429 or 408 or 409 => ObjectStoreFault.Unavailable, // 409: another conditional write of the same object is under way
            401 or 403 => ObjectStoreFault.Denied,
            >= 300 => ObjectStoreFault.Rejected,
            _ => ObjectStoreFault.Unavailable, // a 2xx that could not be read
        };
    }
}
