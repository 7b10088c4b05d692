using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>Admins invite people, say what they may do, and take it away again.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/people").RequireAuthorization(Policies.Admins);
        people.MapGet("", (ClaimsPrincipal user, ListPeople list, CancellationToken cancellation) => ListAsync(user, list, new(), [], cancellation));
        people.MapPost("", InviteAsync);
        people.MapGet("/{id}", (string id, HttpContext http, ListPeople list, CancellationToken cancellation) => ShowAsync(id, http, list, [], cancellation));
        people.MapPost("/{id}/roles", (string id, IFormCollection form, HttpContext http, ChangeAccount change, ListPeople list, CancellationToken cancellation) =>
            AnswerAsync(change.SetRolesAsync(Name(http), id, InviteForm.RolesOf(form), cancellation), http, list, cancellation));
        people.MapPost("/{id}/disable", (string id, [FromForm] string? _, HttpContext http, ChangeAccount change, ListPeople list, CancellationToken cancellation) =>
            AnswerAsync(change.DisableAsync(Name(http), id, cancellation), http, list, cancellation));
        people.MapPost("/{id}/enable", (string id, [FromForm] string? _, HttpContext http, ChangeAccount change, ListPeople list, CancellationToken cancellation) =>
            AnswerAsync(change.EnableAsync(Name(http), id, cancellation), http, list, cancellation));
        people.MapPost("/{id}/reset", (string id, [FromForm] string? _, HttpContext http, ChangeAccount change, ListPeople list, CancellationToken cancellation) =>
            AnswerAsync(change.ResetAsync(Name(http), id, evenTheLastAdmin: false, cancellation), http, list, cancellation));
        people.MapPost("/{id}/unlock", (string id, [FromForm] string? _, HttpContext http, ChangeAccount change, ListPeople list, CancellationToken cancellation) =>
            AnswerAsync(change.UnlockAsync(Name(http), id, cancellation), http, list, cancellation));
        people.MapPost("/{id}/sign-out", (string id, [FromForm] string? _, HttpContext http, ChangeAccount change, ListPeople list, CancellationToken cancellation) =>
            AnswerAsync(change.SignOutAsync(Name(http), id, cancellation), http, list, cancellation));
    }

    private static string Name(HttpContext http) => http.User.Identity!.Name!;

    private static async Task<IResult> ListAsync(ClaimsPrincipal user, ListPeople list, InviteForm form, IReadOnlyList<string> errors, CancellationToken cancellation) =>
        new RazorComponentResult<PeoplePage>(new { Account = user.Identity!.Name!, People = await list.AllAsync(cancellation), Form = form, Errors = errors })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };

    private static async Task<IResult> InviteAsync(
        IFormCollection sent, HttpContext http, InviteAccount invite, ListPeople list, CancellationToken cancellation)
    {
        var form = new InviteForm { UserName = sent["userName"], DisplayName = sent["displayName"], Roles = InviteForm.RolesOf(sent) };
        return await invite.RunAsync(Name(http), form.UserName, form.DisplayName, form.Roles, cancellation) switch
        {
            InviteAccount.Outcome.Invited invited => LinkPageFor(http, invited.Account, invited.Token, isNew: true),
            InviteAccount.Outcome.Refused refused => await ListAsync(http.User, list, form, refused.Reasons, cancellation),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, ListPeople list, IReadOnlyList<string> errors, CancellationToken cancellation) =>
        await list.OneAsync(id, cancellation) is { } person
            ? new RazorComponentResult<PersonPage>(new { Account = Name(http), Person = person, Rights = await list.RightsOfAsync(person, cancellation), Errors = errors }) { StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status409Conflict }
            : NoSuchPerson(http);

    private static async Task<IResult> AnswerAsync(Task<ChangeAccount.Outcome> change, HttpContext http, ListPeople list, CancellationToken cancellation) => await change switch
    {
        ChangeAccount.Outcome.Done done => TypedResults.LocalRedirect($"~/people/{done.Account.Id}"),
        ChangeAccount.Outcome.Linked linked => LinkPageFor(http, linked.Account, linked.Token, isNew: false),
        ChangeAccount.Outcome.Refused refused => await ShowAsync(refused.Account.Id, http, list, refused.Reasons, cancellation),
        _ => NoSuchPerson(http),
    };

    private static RazorComponentResult<LinkPage> LinkPageFor(HttpContext http, Account account, string token, bool isNew) =>
        new(new { Account = Name(http), Person = account, Link = $"{http.Request.Scheme}://{http.Request.Host}{AccountLinks.PathOf(token)}", IsNew = isNew });

    private static IResult NoSuchPerson(HttpContext http) => ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such account.", "Choose one from the list of people.");
}

/// <summary>Whom an admin invites.</summary>
public sealed class InviteForm
{
    public string? UserName { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>The roles that are ticked.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [Access.Roles.Technician];

    /// <summary>The roles of a form's boxes, which all have one name.</summary>
    internal static IReadOnlyList<string> RolesOf(IFormCollection form) => [.. form["roles"].OfType<string>().Distinct(StringComparer.Ordinal)];
}
