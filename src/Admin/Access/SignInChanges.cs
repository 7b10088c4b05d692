namespace SecureRecorder.Admin.Access;

/// <summary>Wakes whatever goes on for a signed-in account when sign-ins, accounts or roles were changed on this server, so that it looks whether it still may.</summary>
internal sealed class SignInChanges
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Completes at the next change. Take it before looking.</summary>
    public Task Next => _next.Task;

    public void Announce() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
