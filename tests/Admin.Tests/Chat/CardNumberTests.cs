namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>Card numbers leave, whatever stands between their digits; other long numbers stay.</summary>
public sealed class CardNumberTests
{
    private const string Marker = "[card number removed]";

    [Theory]
    [InlineData("4111111111111111")] // Visa
    [InlineData("4012888888881881")]
    [InlineData("4222222222222")]
    [InlineData("4000000000000000006")]
    [InlineData("5555555555554444")] // Mastercard
    [InlineData("5105105105105100")]
    [InlineData("2223003122003222")]
    [InlineData("2720992593319364")]
    [InlineData("378282246310005")] // American Express
    [InlineData("371449635398431")]
    [InlineData("6011111111111117")] // Discover
    [InlineData("6011000990139424")]
    [InlineData("30569309025904")] // Diners Club
    [InlineData("38520000023237")]
    [InlineData("3530111333300000")] // JCB
    [InlineData("3566002020360505")]
    [InlineData("6304000000000000")] // Maestro
    [InlineData("6200000000000005")] // UnionPay
    [InlineData("2200000000000004")] // Mir
    public void A_published_test_number_of_every_scheme_is_removed(string card)
    {
        Redacting.Becomes(Marker, card, "card number");
        Redacting.Becomes($"Charge {Marker}, please", $"Charge {card}, please", "card number");
        Redacting.Becomes($"Karte:{Marker}ä", $"Karte:{card}ä", "card number");
    }

    [Theory]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("4111-1111-1111-1111")]
    [InlineData("4111.1111.1111.1111")]
    [InlineData("4111/1111/1111/1111")]
    [InlineData("4111_1111_1111_1111")]
    [InlineData("4111\\1111\\1111\\1111")]
    [InlineData("4111 - 1111 - 1111 - 1111")]
    [InlineData("4111–1111—1111−1111")]
    [InlineData("4111\u00A01111\u202F1111\u20091111")]
    [InlineData("4111\t1111\t1111\t1111")]
    [InlineData("4111·1111•1111‧1111")]
    [InlineData("4\u200B1\u200C1\u200D1\u20601\uFEFF1\u00AD1\u200E1\u200F1\u202A1\u20661\u180E1\u00001\u03011\uFE0F1\u20611")]
    [InlineData("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1")]
    [InlineData("411 11111 11111 11 1")]
    [InlineData("４１１１１１１１１１１１１１１１")]
    [InlineData("٤١١١١١١١١١١١١١١١")]
    [InlineData("۴۱۱۱ ۱۱۱۱ ۱۱۱۱ ۱۱۱۱")]
    [InlineData("४१११११११११११११११")]
    [InlineData("𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏")]
    [InlineData("4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1")]
    [InlineData("4111\n1111\n1111\n1111")]
    [InlineData("4111 1111\r\n1111 1111")]
    [InlineData("3782 822463\n10005")]
    public void What_stands_between_the_digits_hides_nothing(string card) => Redacting.Becomes($"x {Marker}, y", $"x {card}, y", "card number");

    [Theory]
    [InlineData("4111 1111 1111 1111 12/27 123", Marker)]
    [InlineData("4111111111111111 12/2027 1234.", Marker + ".")]
    [InlineData("4111 1111 1111 1111 1227 123", Marker)]
    [InlineData("4111 1111 1111 1111 123", Marker)]
    [InlineData("12 4111 1111 1111 1111", "12 " + Marker)]
    [InlineData("4111 1111 1111 1111, 12/27", Marker + ", 12/27")]
    [InlineData("4111111111111111 5555555555554444", Marker + " " + Marker)]
    [InlineData("order 1 2 3 4111 1111 1111 1111 77", "order 1 2 3 " + Marker + " 77")]
    public void Its_neighbours_hide_nothing_and_what_belongs_to_it_goes_with_it(string message, string expected) => Redacting.Becomes(expected, message, "card number");

    [Theory]
    [InlineData("4111111111111112")]
    [InlineData("Ticket 4711081547110815")]
    [InlineData("INC0012345678, then +49 170 1234567")]
    [InlineData("Ruf an: 0049 (0)89 1234-5678")]
    [InlineData("2026-11-22 03:03:13.123456")]
    [InlineData("2024-05-06 2024-05-07 2024-05-08 2024-05-09 2024-05-10")]
    [InlineData("1700000000000000")]
    [InlineData("0000000000000000")]
    [InlineData("9999999999999995")]
    [InlineData("411111111111111100000000")]
    [InlineData("4111111111111111111111111111111111111111")]
    [InlineData("192.168.100.200")]
    [InlineData("412345\n412346\n412347\n412348\n412349")]
    [InlineData("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    [InlineData("4111, 1111, 1111, 1111")]
    [InlineData("①②③ ½ x² 🙂 \uD800 \u200F 12")]
    public void Other_numbers_stay(string message) => Redacting.Stays(message);

    [Fact]
    public void Whatever_text_and_separators_surround_it_no_card_survives()
    {
        string[] separators = ["", "", " ", ".", "-", "/", "_", "\u00A0", "\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF", "\u00AD", " - ", "\t", "–"];
        string[] words = ["hello ", "Ticket 4711 ", "ä🙂", "x12,", "(", "+49 170 1234567; ", "\n", "لا ", "\uD83D", "12/27 ", "a1b2 "];
        var chance = new Chance(20261122);
        for (var round = 0; round < 3000; round++)
        {
            var card = LuhnNumber(chance);
            var disguised = string.Concat(card.SelectMany(digit => (string[])[Disguised(digit, chance), chance.Of(separators)])).TrimEnd();
            var message = $"{chance.Of(words)}{chance.Of(words)}:{disguised}:{chance.Of(words)}{chance.Of(words)}";
            var redacted = Redacting.Once(message);
            Assert.Contains("card number", redacted.Kinds);
            Assert.False(LuhnOracle.HasNumber(redacted.Text), $"'{message}' became '{redacted.Text}'.");
        }
    }

    private static string LuhnNumber(Chance chance)
    {
        var length = 13 + chance.Below(7);
        var digits = chance.Of(["3", "4", "5", "6", "22", "27"]);
        while (digits.Length < length - 1) { digits += chance.Below(10); }
        return digits + Enumerable.Range(0, 10).Single(check => LuhnOracle.Passes(digits + check));
    }

    private static string Disguised(char digit, Chance chance) => chance.Below(8) switch
    {
        0 => ((char)('０' + (digit - '0'))).ToString(),
        1 => ((char)('٠' + (digit - '0'))).ToString(),
        _ => digit.ToString(),
    };
}
