using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using SecureRecorder.Storage.Keys.Kms;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.Stores;

/// <summary>Keys in AWS KMS, each found by its alias <c>alias/secure-recorder/NAME</c>. KMS lets go of a key <see cref="DaysUntilGone"/> days after it was destroyed, and refuses it from the first moment.</summary>
public sealed class KmsKeyStore : IKeyStore
{
    /// <summary>The shortest that KMS takes.</summary>
    public const int DaysUntilGone = 7;

    private readonly AmazonKeyManagementServiceClient _client;
    private readonly Func<string, KmsKey> _open;
    private readonly KeyServiceCalls _calls;

    /// <param name="credential"><see langword="null"/>: what the machine has.</param>
    /// <param name="endpoint"><see langword="null"/>: that of the region.</param>
    /// <exception cref="KeyRefusedException">An endpoint that is not https.</exception>
    public KmsKeyStore(string region, AWSCredentials? credential, string? endpoint, TimeProvider clock)
    {
        (Id, _client, _calls) = ($"AWS KMS in {region}", KmsClient.Open(region, credential, endpoint), new($"AWS KMS in {region}", clock));
        _open = arn => new(arn, credential, endpoint, clock);
    }

    public string Id { get; }

    public TimeSpan? KeepsDestroyed => TimeSpan.FromDays(DaysUntilGone);

    /// <inheritdoc/>
    public async Task<IKeyWrapper> CreateAsync(string name, CancellationToken cancellation)
    {
        if (await FindAsync(name, cancellation) is { } found) { return found; }
        if (await DescribeAsync(name, cancellation) is { } doomed && doomed.KeyState == KeyState.PendingDeletion) { await ForgetAliasAsync(name, cancellation); } // its destruction broke off before that
        var made = await RunAsync(limit => _client.CreateKeyAsync(new() { KeySpec = KeySpec.RSA_3072, KeyUsage = KeyUsageType.ENCRYPT_DECRYPT, Description = $"SecureRecorder {KeyName.Checked(name)}" }, limit), cancellation);
        if (!await AliasAsync(name, made!.KeyMetadata.Arn, cancellation))
        {
            await RunAsync(limit => _client.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = made.KeyMetadata.Arn, PendingWindowInDays = DaysUntilGone }, limit), cancellation); // somebody else was faster: that one counts
        }

        return await FindAsync(name, cancellation) ?? throw new KeyServiceException(Id, $"it took the new key '{name}', and does not have it");
    }

    /// <inheritdoc/>
    public async Task<IKeyWrapper?> FindAsync(string name, CancellationToken cancellation) =>
        await DescribeAsync(name, cancellation) is { } key && key.KeyState != KeyState.PendingDeletion ? await _open(key.Arn).LookedUpAsync(cancellation) : null;

    /// <inheritdoc/>
    public async Task<KeyDestruction> DestroyAsync(string name, CancellationToken cancellation)
    {
        if (await DescribeAsync(name, cancellation) is not { } key) { return new(Existed: false, RecoverableUntil: null); }

        var until = key.DeletionDate;
        if (key.KeyState != KeyState.PendingDeletion)
        {
            until = (await RunAsync(limit => _client.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = key.Arn, PendingWindowInDays = DaysUntilGone }, limit), cancellation))?.DeletionDate;
        }

        await ForgetAliasAsync(name, cancellation); // last: until then it is found, and destroyed again
        return new(Existed: true, until is { } date ? new DateTimeOffset(date.ToUniversalTime()) : null);
    }

    public void Dispose() => _client.Dispose();

    private static string AliasOf(string name) => $"alias/secure-recorder/{KeyName.Checked(name)}";

    private async Task<KeyMetadata?> DescribeAsync(string name, CancellationToken cancellation) =>
        (await RunAsync(limit => _client.DescribeKeyAsync(new DescribeKeyRequest { KeyId = AliasOf(name) }, limit), cancellation))?.KeyMetadata;

    private Task<DeleteAliasResponse?> ForgetAliasAsync(string name, CancellationToken cancellation) => RunAsync(limit => _client.DeleteAliasAsync(new DeleteAliasRequest { AliasName = AliasOf(name) }, limit), cancellation);

    /// <returns>False: the name is taken.</returns>
    private Task<bool> AliasAsync(string name, string arn, CancellationToken cancellation) => _calls.RunAsync(async limit =>
    {
        try
        {
            await _client.CreateAliasAsync(new CreateAliasRequest { AliasName = AliasOf(name), TargetKeyId = arn }, limit);
            return true;
        }
        catch (AmazonServiceException taken) when (taken.ErrorCode == "AlreadyExistsException")
        {
            return false;
        }
        catch (AmazonServiceException refused)
        {
            throw Translate(refused);
        }
    }, cancellation);

    /// <returns><see langword="null"/>: there is no such key.</returns>
    private Task<T?> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation) where T : class => _calls.RunAsync<T?>(async limit =>
    {
        try
        {
            return await call(limit);
        }
        catch (AmazonServiceException gone) when (KmsFaults.Of(gone) == KmsFault.Gone)
        {
            return null;
        }
        catch (AmazonServiceException refused)
        {
            throw Translate(refused);
        }
    }, cancellation);

    private KeyServiceException Translate(AmazonServiceException refused) => new(Id, KmsFaults.Describe(refused)) { IsTransient = KmsFaults.Of(refused) is KmsFault.Throttled or KmsFault.Unavailable or KmsFault.Nonsense };
}
