using System.Buffers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Chat.Redaction;

namespace SecureRecorder.Benchmarks.Chat;

/// <summary>How many messages of 200 characters one core searches for secrets, beside one big expression and beside a plain search for words, by turns.</summary>
internal static partial class RedactionBenchmark
{
    private const int Rounds = 15;
    private const int MessageLength = 200;
    private const int MessagesARound = 40_000;

    /// <summary>One message in so many has a secret.</summary>
    private const int Rarity = 20;

    /// <summary>Messages a second on one core.</summary>
    private const double Target = 50_000;

    private static readonly SearchValues<string> Words = SearchValues.Create(["password", "passwort", "secret", "key"], StringComparison.OrdinalIgnoreCase);

    private static readonly string[] Talk =
    [
        "Good morning, the printer on floor 3 does not answer since 8:15, ticket INC0012345. ", "Could you open the settings, please? ",
        "Ich habe das Gerät neu gestartet, der Fehler bleibt: 0x80070005. ", "Sure 🙂 one moment… ", "Je ne vois pas la fenêtre sur l'écran. ",
        "My number is +49 89 1234567, ext. 12. ", "See https://portal.example.org/help?id=4711 for the steps. ", "Es una prueba de la aplicación, versión 10.2.33. ",
        "I forgot my password again, what now? ", "It says: timeout at 2026-11-22 03:03:13.123. ",
    ];

    private static readonly string[] Secrets =
    [
        "my password is hunter2\n", "4111 1111 1111 1111 12/27 123 ", "IBAN DE89 3704 0044 0532 0130 00 ", "Passwort: Sommer-2026\n",
        "AKIA" + "IOSFODNN7EXAMPLE ", "postgres://bob:hunter2@db/x ",
    ];

    public static Task<bool> RunAsync()
    {
        var plain = new ChatRedactor(Options.Create(new RedactionOptions()), TimeProvider.System);
        var withPatterns = new ChatRedactor(
            Options.Create(new RedactionOptions { Patterns = [new() { Name = "customer", Pattern = "K-[0-9]{6}" }, new() { Name = "case", Pattern = @"(?i)\bcase\s+[0-9]{8}\b" }] }),
            TimeProvider.System);
        Contender[] contenders =
        [
            new("ours", message => plain.Redact(message).Text.Length),
            new("ours, 2 patterns", message => withPatterns.Redact(message).Text.Length),
            new("one big expression", message => Naive().Replace(message, "[removed]").Length),
            new("search for 4 words", message => message.AsSpan().IndexOfAny(Words)),
        ];
        var messages = Enumerable.Range(0, 1000).Select(Message).ToArray();

        foreach (var contender in contenders) { contender.Measure(messages); } // so that everything is compiled
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders) { contender.Rate.Add(contender.Measure(messages)); }
        }

        Console.WriteLine($"Messages of {MessageLength} characters, one in {Rarity} with a secret, on one core by processor time, medians of {Rounds} rounds (middle half)");
        foreach (var contender in contenders)
        {
            Console.WriteLine($"{contender.Name,-20}{contender.Rate.Median,12:N0} a second ({contender.Rate.Quartiles.Lower:N0}–{contender.Rate.Quartiles.Upper:N0}){contenders[0].Rate.Median / contender.Rate.Median,9:F2} × is ours to it");
        }

        var isMet = contenders[0].Rate.Median >= Target && contenders[1].Rate.Median >= Target;
        Console.WriteLine($"target {Target:N0} a second{(isMet ? "" : "  MISSED")}");
        return Task.FromResult(isMet);
    }

    /// <summary>The same in every run.</summary>
    private static string Message(int index)
    {
        var message = "";
        for (var part = index; message.Length < MessageLength; part = part * 7 + 3) { message += Talk[part % Talk.Length]; }
        if (index % Rarity != 0) { return message[..MessageLength]; }
        var secret = Secrets[index / Rarity % Secrets.Length];
        return message[..(MessageLength / 2)] + ' ' + secret + message[(MessageLength / 2 + secret.Length + 1)..MessageLength];
    }

    /// <summary>What one would write in an afternoon: it misses disguises, checks no digits, and knows English only.</summary>
    [GeneratedRegex(
        @"\b(?:[0-9][ -]?){13,19}\b|\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7} ?[A-Z0-9]{1,4}\b|(?<=\b(?:password|passwort|pin|secret)(?: is|:|=) ?)\S.*|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|eyJ[\w-]+\.[\w-]+\.[\w-]+|://[^\s:/]+:[^\s@]+@",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Naive();

    private sealed class Contender(string name, Func<string, int> redact)
    {
        public string Name => name;
        public Samples Rate { get; } = new();

        /// <summary>Messages a second of user time.</summary>
        public double Measure(string[] messages)
        {
            var (before, sum) = (Environment.CpuUsage.UserTime, 0L);
            for (var index = 0; index < MessagesARound; index++) { sum += redact(messages[index % messages.Length]); }

            GC.KeepAlive(sum);
            return MessagesARound / (Environment.CpuUsage.UserTime - before).TotalSeconds;
        }
    }
}
