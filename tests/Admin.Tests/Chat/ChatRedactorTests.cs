using SecureRecorder.Admin.Chat.Redaction;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>What holds for every message: whole, linear, closed when in doubt.</summary>
public sealed class ChatRedactorTests
{
    private const int Long = 100_000;

    [Fact]
    public void Kinds_are_named_once_in_the_order_of_their_appearance() => Redacting.Becomes(
        "DE: [IBAN removed], [card number removed] and [card number removed]\npassword: [password removed]",
        "DE: DE89370400440532013000, 4111111111111111 and 5555555555554444\npassword: x",
        "IBAN", "card number", "password");

    [Theory]
    [InlineData("")]
    [InlineData("🙂\uD83D \uDE42 \u202Eabc\u202C \u200F\0\u0007\u001B[0m é e\u0301 👩‍👩‍👧 ﷽")]
    [InlineData("[card number removed] [removed: anything] [password removed]")]
    public void Everything_else_survives_unchanged(string message) => Redacting.Stays(message);

    [Fact]
    public void Neither_a_pair_nor_a_lone_surrogate_beside_a_secret_is_touched() =>
        Redacting.Becomes("\uDE42🙂[card number removed]🙂\uD83D", "\uDE42🙂4111111111111111🙂\uD83D", "card number");

    [Fact]
    public void A_pattern_of_the_organization_is_removed_under_its_name()
    {
        var redacted = Redacting.Once("Kunde K-123456, k-1 und K-654321", ("customer number", "K-[0-9]{6}"));
        Assert.Equal("Kunde [removed: customer number], k-1 und [removed: customer number]", redacted.Text);
        Assert.Equal(["customer number"], redacted.Kinds);
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("[a-z]+")]
    [InlineData("\\[.*\\]")]
    [InlineData("\\w+ removed")]
    [InlineData(".")]
    [InlineData("(?s).+")]
    [InlineData("d\\]? a")]
    [InlineData("number|word")]
    public void Not_even_a_pattern_that_matches_the_markers_changes_a_result(string pattern)
    {
        Redacting.Once("my password: x\nand card 4111111111111111, 🙂 and [card number removed] a a a", ("word", pattern));
    }

    [Fact]
    public void A_pattern_that_uncovers_more_in_every_round_closes_the_message() =>
        Assert.Same(RedactedText.NotChecked, Redacting.Once("bxxxxxxxxxxxxxxxx", ("b", "b|\\]x")));

    [Fact]
    public void A_pattern_never_halves_a_pair() => Assert.Equal("a[removed: half]b", Redacting.Once("a🙂b", ("half", "\\uD83D")).Text);

    [Fact]
    public void A_hostile_pattern_is_matched_in_linear_time()
    {
        var message = new string('a', Long) + "!";
        var tries = Enumerable.Range(0, 20).Select(_ => Redacting.Once(message, ("hostile", "(a+)+$")).Text); // a busy machine may take longer than the limit once; what is not linear always does
        Assert.Contains(message, tries);
    }

    [Fact]
    public void A_message_that_cannot_be_searched_in_time_is_removed_as_a_whole()
    {
        var redacted = Redacting.Once(new string('c', Long), ("slow", "c(.*b)?")); // each of as many matches looks at all that follows
        Assert.Equal("[removed: could not be checked]", redacted.Text);
        Assert.Equal(["could not be checked"], redacted.Kinds);
    }

    [Fact]
    public void A_long_message_loses_only_its_secret()
    {
        var filler = string.Concat(Enumerable.Repeat("So far so good, ticket 4711, it is 12:30. ", Long / 42));
        Redacting.Becomes($"{filler}[card number removed], {filler}", $"{filler}4111111111111111, {filler}", "card number");
    }

    [Theory]
    [InlineData("4 ")]
    [InlineData("4")]
    [InlineData("4\n")]
    [InlineData("DE89 ")]
    [InlineData("MD12")]
    [InlineData("password ")]
    [InlineData("password for ")]
    [InlineData("pin-a ")]
    [InlineData("ghp_")]
    [InlineData("github_pat_")]
    [InlineData("eyJ")]
    [InlineData("-eyJ")]
    [InlineData("eyJa.")]
    [InlineData("://a:")]
    [InlineData("://")]
    [InlineData("-----BEGIN ")]
    [InlineData("Authorization: ")]
    [InlineData("Bearer ")]
    [InlineData("sk-")]
    [InlineData("password: \" ")]
    [InlineData("password is wrong ")]
    [InlineData("pin: ?\n")]
    [InlineData("password:\n")]
    [InlineData("[card number removed]4")]
    [InlineData("\u200B")]
    [InlineData("\uD83D")]
    public void What_is_repeated_to_hinder_is_searched_all_the_same(string part)
    {
        var message = string.Concat(Enumerable.Repeat(part, Long / part.Length)) + "\n:4111111111111111";
        Assert.DoesNotContain("4111111111111111", Redacting.With().Redact(message).Text, StringComparison.Ordinal);
    }
}
