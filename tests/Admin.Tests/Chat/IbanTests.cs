namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>Account numbers leave: the examples of the ISO 13616 registry.</summary>
public sealed class IbanTests
{
    private const string Marker = "[IBAN removed]";

    [Theory]
    [InlineData("DE89370400440532013000")]
    [InlineData("AT611904300234573201")]
    [InlineData("CH9300762011623852957")]
    [InlineData("FR1420041010050500013M02606")]
    [InlineData("ES9121000418450200051332")]
    [InlineData("IT60X0542811101000000123456")]
    [InlineData("GB29NWBK60161331926819")]
    [InlineData("NL91ABNA0417164300")]
    [InlineData("BE68539007547034")]
    [InlineData("NO9386011117947")]
    [InlineData("SE4550000000058398257466")]
    [InlineData("PL61109010140000071219812874")]
    [InlineData("MT84MALT011000012345MTLCAST001S")]
    [InlineData("MU17BOMM0101101030300200000MUR")]
    [InlineData("SC18SSCB11010000000000001497USD")]
    [InlineData("RU0304452522540817810538091310419")]
    [InlineData("PS92PALS000000000400123456702")]
    [InlineData("TR330006100519786457841326")]
    [InlineData("RO49AAAA1B31007593840000")]
    [InlineData("SA0380000000608010167519")]
    [InlineData("UA213223130000026007233566001")]
    [InlineData("SO211000001001000100141")]
    public void An_example_of_the_registry_is_removed_however_it_is_grouped(string iban)
    {
        foreach (var separator in (string[])["", " ", "-", ".", "/", "_", "\u00A0", "\u202F", "\u200B", "\u00AD", "\n"])
        {
            var grouped = string.Join(separator, iban.Chunk(4).Select(group => new string(group)));
            Redacting.Becomes($"Konto {Marker}, danke", $"Konto {grouped}, danke", "IBAN");
            Redacting.Becomes($"Konto {Marker}, danke", $"Konto {grouped.ToLowerInvariant()}, danke", "IBAN");
        }
    }

    [Theory]
    [InlineData("IBAN:DE89 3704 0044 0532 0130 00 Commerzbank", "IBAN:" + Marker + " Commerzbank")]
    [InlineData("IBANDE89370400440532013000", "IBAN" + Marker)]
    [InlineData("是DE89370400440532013000EUR", "是" + Marker + "EUR")]
    [InlineData("ＤＥ８９３７０４００４４０５３２０１３０００", Marker)]
    [InlineData("D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0", Marker)]
    [InlineData("de DE89370400440532013000", "de " + Marker)]
    public void What_touches_it_hides_nothing(string message, string expected) => Redacting.Becomes(expected, message, "IBAN");

    [Theory]
    [InlineData("DE88370400440532013000")] // wrong check digits
    [InlineData("DE8937040044053201300")] // too short
    [InlineData("XX89370400440532013000")] // no country
    [InlineData("ABDE89370400440532013000")] // no word begins there
    [InlineData("GB29123460161331926819AB")] // not its structure
    [InlineData("It is 24 hours to 10 more tickets at 12 places, be 99 sure, no 47 either")]
    [InlineData("de09f1c4d3b2a1908f7e6d5c4b3a29181716151413")]
    public void Other_words_and_numbers_stay(string message) => Redacting.Stays(message);
}
