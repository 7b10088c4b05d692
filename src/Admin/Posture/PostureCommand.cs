using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Posture;

/// <summary><c>secure-recorder-admin posture evaluate</c> and <c>posture check</c>: whether buckets are as they must be. Both need no server and no database.</summary>
internal static class PostureCommand
{
    private const int Clean = 0;
    private const int Found = 1;
    private const int NotReadable = 2;
    private const int NoAnswer = 3;

    private const string KeyId = "AWS_ACCESS_KEY_ID";
    private const string Secret = "AWS_SECRET_ACCESS_KEY";

    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web);

    public static Command Create() => new("posture", "Whether buckets are private, in their region, and keep what they must.") { Evaluate(), Check() };

    private static Command Evaluate()
    {
        var file = new Argument<FileInfo>("cases") { Description = "A JSON list of documents: [{\"id\":…,\"kind\":\"policy\",\"document\":{…},\"context\":{…}}, …]" };
        var command = new Command(
            "evaluate",
            "Judge documents of buckets, and print one JSON object a line: {\"id\":…,\"public\":true|false,\"findings\":[…]}. "
            + "Exit code 0: all were judged; 2: the file, or a case in it, cannot be read; those before it were printed.")
        {
            file,
        };
        command.SetAction((parsed, cancellation) => AnsweringAsync(parsed, async output =>
        {
            await using var cases = parsed.GetRequiredValue(file).OpenRead();
            var number = 0;
            await foreach (var json in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(cases, JsonSerializerOptions.Default, cancellation))
            {
                var judged = PostureCase.Read(json, ++number);
                var judgement = JudgePosture.Run(judged);
                await output.WriteLineAsync(JsonSerializer.Serialize(new { judged.Id, judgement.Public, judgement.Findings }, Lines));
            }

            return Clean;
        }));
        return command;
    }

    private static Command Check()
    {
        var endpoint = new Option<Uri>("--endpoint") { Description = "The S3 server.", HelpName = "https://HOST", Required = true, CustomParser = Address };
        var bucket = new Option<string>("--bucket") { Description = "The bucket.", HelpName = "NAME", Required = true };
        var region = new Option<string>("--region") { Description = "The region in which it must lie.", HelpName = "NAME", Required = true };
        var prefix = new Option<string>("--prefix") { Description = "What the names of recordings begin with.", HelpName = "PREFIX/", DefaultValueFactory = _ => "" };
        var account = new Option<string?>("--account") { Description = "Your own account.", HelpName = "12 DIGITS" };
        var trusted = new Option<string[]>("--trust") { Description = "Another account that may be let in; can be given again.", HelpName = "12 DIGITS", DefaultValueFactory = _ => [] };
        var days = new Option<int?>("--min-days") { Description = "Days that objects must stay.", HelpName = "DAYS" };
        var versioning = new Option<bool>("--require-versioning") { Description = "Whether it must keep versions." };
        var least = new Option<Severity>("--fail-on") { Description = "The least severity that makes exit code 1.", DefaultValueFactory = _ => Severity.Medium };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of lines to read." };
        var command = new Command(
            "check",
            $"Judge a bucket by what it says of itself and by what it gives to strangers. The credential is taken from {KeyId} and {Secret}. "
            + "Nothing is changed but one object, PREFIX/posture/canary, which strangers are asked to read. "
            + "Exit code 0: nothing as bad as --fail-on; 1: findings; 2: an option is wrong; 3: the bucket does not answer.")
        {
            endpoint, bucket, region, prefix, account, trusted, days, versioning, least, json,
        };
        command.SetAction((parsed, cancellation) => AnsweringAsync(parsed, async output =>
        {
            var location = Valid(new()
            {
                Endpoint = parsed.GetRequiredValue(endpoint),
                Bucket = parsed.GetRequiredValue(bucket),
                Region = parsed.GetRequiredValue(region),
                Prefix = parsed.GetRequiredValue(prefix),
                AccessKeyId = Environment.GetEnvironmentVariable(KeyId) ?? "",
                SecretAccessKey = Environment.GetEnvironmentVariable(Secret) ?? "",
                Versioning = parsed.GetValue(versioning),
            });
            var report = await CheckBucket.RunAsync(location, new(parsed.GetValue(account), parsed.GetRequiredValue(trusted), parsed.GetValue(days)), cancellation);
            await output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { Id = report.Bucket, report.Public, Findings = report.Findings.Select(finding => finding.Rule.Name) }, Lines)
                : string.Join('\n', Words(report, location.Endpoint!)));
            return report.Findings.Any(finding => finding.Rule.Severity >= parsed.GetValue(least)) ? Found : Clean;
        }));
        return command;
    }

    private static Uri? Address(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)) { return address; }

        result.AddError($"'{result.Tokens[0].Value}' is not an address such as https://s3.example.com.");
        return null;
    }

    private static IEnumerable<string> Words(BucketReport report, Uri endpoint)
    {
        yield return $"{report.Bucket} ({report.Server}): {(report.Public ? "PUBLIC" : "private")}, {report.Findings.Count} {(report.Findings.Count == 1 ? "finding" : "findings")}";
        foreach (var finding in report.Findings)
        {
            var (rule, read) = finding;
            yield return $"\n{rule.Severity.ToString().ToUpperInvariant()}  {rule.Name}: {rule.Why}";
            yield return $"  read: {Printable.Line(read)}";
            yield return $"  mend: {finding.MendFor(report.Bucket, endpoint, report.Server)}";
        }
    }

    /// <exception cref="InvalidDataException">An option is not what it must be; the message names it.</exception>
    private static S3LocationOptions Valid(S3LocationOptions location)
    {
        if (location.AccessKeyId.Length == 0 || location.SecretAccessKey.Length == 0) { throw new InvalidDataException($"Set {KeyId} and {Secret} to the credential that reads the bucket's settings."); }

        var failures = new List<ValidationResult>();
        return Validator.TryValidateObject(location, new(location), failures, validateAllProperties: true)
            ? location
            : throw new InvalidDataException(string.Join('\n', failures.Select(failure => failure.ErrorMessage)));
    }

    private static async Task<int> AnsweringAsync(ParseResult parsed, Func<TextWriter, Task<int>> run)
    {
        var said = parsed.InvocationConfiguration.Error;
        try
        {
            return await run(parsed.InvocationConfiguration.Output);
        }
        catch (ObjectStoreException away)
        {
            await said.WriteLineAsync(Printable.Line(away.Message));
            return NoAnswer;
        }
        catch (JsonException malformed)
        {
            await said.WriteLineAsync($"This is no JSON list of cases, from line {malformed.LineNumber + 1} on.");
            return NotReadable;
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await said.WriteLineAsync(refused.Message);
            return NotReadable;
        }
    }
}
