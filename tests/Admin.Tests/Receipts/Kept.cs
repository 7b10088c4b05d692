using System.Text.Json.Nodes;

namespace SecureRecorder.Admin.Tests.Receipts;

/// <summary>A person who allowed a recording and kept the receipt; later they have nothing but it.</summary>
internal sealed class Kept : IDisposable
{
    private Kept(Person person, Guid session, string page) => (Person, Session, Page) = (person, session, page);

    public Person Person { get; }
    public Guid Session { get; }

    /// <summary>Path of the receipt's page.</summary>
    public string Page { get; }

    public static async Task<Kept> ReceiptAsync(Server server, Technician technician)
    {
        var (session, code) = await technician.StartSessionAsync();
        var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        using var answer = await person.Browser.GetAsync("/consent/receipt");
        var page = new Uri((string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["page"]!);
        Assert.Equal(server.Url.GetLeftPart(UriPartial.Authority), page.GetLeftPart(UriPartial.Authority));
        return new(person, session, page.AbsolutePath);
    }

    /// <summary>Fills in one of the page's forms, in a browser of its own.</summary>
    public async Task<HttpResponseMessage> AskAsync(Server server, string kind, string text = "", string contact = "")
    {
        using var browser = new Browser(server);
        return await browser.SubmitAsync(Page, Page + "/requests", ("kind", kind), ("text", text), ("contact", contact));
    }

    public void Dispose() => Person.Dispose();
}
