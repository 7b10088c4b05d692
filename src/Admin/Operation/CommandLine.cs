using System.CommandLine;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Certificates;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Posture;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Recovery;

namespace SecureRecorder.Admin.Operation;

/// <summary>The operator's verbs. Without one, the server runs.</summary>
internal static class CommandLine
{
    private const int TakenOver = 1;
    private const int Refused = 2;

    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("The server of SecureRecorder: consent, recording, replay.") { TreatUnmatchedTokensAsErrors = false };
        root.SetAction((parsed, cancellation) => ServeAsync([.. parsed.UnmatchedTokens], cancellation));
        var serve = new Command("serve", "Run the server (the default). Settings: appsettings.json, environment (Notice__Controller), or --Notice:Controller=…, --urls=…")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        serve.SetAction((parsed, cancellation) => ServeAsync([.. parsed.UnmatchedTokens], cancellation));
        root.Subcommands.Add(serve);
        root.Subcommands.Add(VerifyCommand.Create(arguments => Program.Build(arguments)));
        root.Subcommands.Add(ReceiptCommand.Create());
        root.Subcommands.Add(CertificateCommand.Create());
        root.Subcommands.Add(KeyCommand.Create());
        root.Subcommands.Add(UserCommand.Create(arguments => Program.Build(arguments)));
        root.Subcommands.Add(AuditCommand.Create(arguments => Program.Build(arguments)));
        root.Subcommands.Add(PostureCommand.Create());
        root.Subcommands.Add(RecoverCommand.Create(arguments => Program.Build(arguments), isTerminal: !Console.IsErrorRedirected));
        return root.Parse(args).InvokeAsync();
    }

    private static async Task<int> ServeAsync(string[] args, CancellationToken cancellation)
    {
        if (args.FirstOrDefault() is { } word && !word.StartsWith('-'))
        {
            await Console.Error.WriteLineAsync($"'{word}' is not something that this program does. See: secure-recorder-admin --help");
            return Refused;
        }

        try
        {
            MemoryDumps.Refuse(Environment.GetEnvironmentVariable);
            await using var app = Program.Build(args);
            await app.StartAsync(cancellation);
            await app.WaitForShutdownAsync(cancellation);
            return app.Services.GetRequiredService<SoleServer>().WasTakenOver ? TakenOver : 0;
        }
        catch (OptionsValidationException invalid)
        {
            await Console.Error.WriteLineAsync("The configuration is not complete; the server does not start:");
            foreach (var failure in invalid.Failures) { await Console.Error.WriteLineAsync($"  {failure}"); }
            return Refused;
        }
        catch (Exception refused) when (refused is StartRefusedException or IOException)
        {
            await Console.Error.WriteLineAsync($"The server does not start: {refused.Message}");
            return Refused;
        }
    }
}
