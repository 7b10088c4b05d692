using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Policies: what they say, their versions, what a change would do, and applying it to what there is.</summary>
internal static class RetentionEndpoints
{
    public static WebApplicationBuilder AddRetention(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<SavePolicy>().AddScoped<ReapplyPolicy>().AddScoped<ReadPolicies>().AddScoped<PreviewReapplication>().AddScoped<NextDeletions>();
        builder.Services.AddHostedService<SeedPolicies>();
        return builder;
    }

    public static void MapRetention(this IEndpointRouteBuilder routes)
    {
        var policies = routes.MapGroup("/retention").RequireAuthorization(Policies.Admins);
        policies.MapGet("", async (ClaimsPrincipal user, ReadPolicies read, CancellationToken cancellation) =>
            new RazorComponentResult<RetentionPage>(new { Account = user.Identity!.Name!, Overview = await read.AllAsync(cancellation) }));
        policies.MapGet("/{team:int}", EditAsync);
        policies.MapGet("/{team:int}/versions/{version:int}", ShowVersionAsync);
        policies.MapPost("/{team:int}/preview", PreviewAsync);
        policies.MapPost("/{team:int}", SaveAsync).RequireFreshFactor("retention.policy", "/retention");
        policies.MapGet("/{team:int}/reapply", AskReapplyAsync);
        policies.MapPost("/{team:int}/reapply", ReapplyAsync).RequireFreshFactor("retention.reapply", "/retention");
        DeletionEndpoints.Map(routes);
    }

    private static async Task<IResult> EditAsync(int team, ClaimsPrincipal user, ReadPolicies read, HttpContext http, CancellationToken cancellation) =>
        await read.OfAsync(team, cancellation) is { } policy ? Page(user, policy, PolicyForm.Of(policy), [], StatusCodes.Status200OK) : NoSuchTeam(http);

    private static RazorComponentResult<PolicyPage> Page(ClaimsPrincipal user, TeamPolicy policy, PolicyForm form, IReadOnlyList<string> refusals, int status) =>
        new(new { Account = user.Identity!.Name!, Policy = policy, Form = form, Refusals = refusals }) { StatusCode = status };

    private static async Task<IResult> ShowVersionAsync(int team, int version, ClaimsPrincipal user, ReadPolicies read, HttpContext http, CancellationToken cancellation) =>
        await read.OfAsync(team, cancellation) is { } policy && policy.Versions.FirstOrDefault(v => v.Version == version) is { } found
            ? new RazorComponentResult<VersionPage>(new { Account = user.Identity!.Name!, Policy = policy, Version = found })
            : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such version.", "Choose one from the list of the policy's versions.");

    private static async Task<IResult> PreviewAsync(int team, [FromForm] PolicyForm? sent, ClaimsPrincipal user, ReadPolicies read, SavePolicy save, PreviewReapplication preview, HttpContext http, CancellationToken cancellation)
    {
        if (await read.OfAsync(team, cancellation) is not { } policy) { return NoSuchTeam(http); }

        var form = sent ?? new(); // nothing but the form's token
        return await save.CheckAsync(policy, form, user.Identity!.Name!, cancellation) switch
        {
            SavePolicy.Outcome.Good good => await PreviewPageAsync(user, policy, good.Version, form, form.Place(), preview, read, cancellation),
            SavePolicy.Outcome.SomebodyWasFaster faster => Page(user, policy, form, [faster.Reason], StatusCodes.Status409Conflict),
            SavePolicy.Outcome.Refused refused => Page(user, policy, form, refused.Reasons, StatusCodes.Status422UnprocessableEntity),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<IResult> SaveAsync(int team, [FromForm] PolicyForm? sent, ClaimsPrincipal user, ReadPolicies read, SavePolicy save, HttpContext http, CancellationToken cancellation)
    {
        if (await read.OfAsync(team, cancellation) is not { } policy) { return NoSuchTeam(http); }

        var form = sent ?? new();
        return await save.RunAsync(policy, form, user.Identity!.Name!, cancellation) switch
        {
            SavePolicy.Outcome.Good => TypedResults.LocalRedirect($"~/retention/{team}"),
            SavePolicy.Outcome.SomebodyWasFaster faster => Page(user, (await read.OfAsync(team, cancellation))!, form, [faster.Reason], StatusCodes.Status409Conflict),
            SavePolicy.Outcome.Refused refused => Page(user, policy, form, refused.Reasons, StatusCodes.Status422UnprocessableEntity),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<IResult> AskReapplyAsync(int team, string? after, ClaimsPrincipal user, ReadPolicies read, PreviewReapplication preview, HttpContext http, CancellationToken cancellation) =>
        await read.OfAsync(team, cancellation) is not { } policy ? NoSuchTeam(http)
            : policy.Newest is null ? TypedResults.LocalRedirect($"~/retention/{team}")
            : await PreviewPageAsync(user, policy, policy.Newest, null, PolicyForm.ReadPlace(after), preview, read, cancellation);

    private static async Task<IResult> ReapplyAsync(int team, [FromForm] int? version, ClaimsPrincipal user, ReadPolicies read, ReapplyPolicy reapply, HttpContext http, CancellationToken cancellation)
    {
        if (await read.OfAsync(team, cancellation) is not { } policy) { return NoSuchTeam(http); }

        return await reapply.RunAsync(policy, version, user.Identity!.Name!, cancellation) is { } refusal
            ? Page(user, policy, PolicyForm.Of(policy), [refusal], StatusCodes.Status409Conflict)
            : TypedResults.LocalRedirect($"~/retention/{team}");
    }

    private static async Task<RazorComponentResult<PreviewPage>> PreviewPageAsync(
        ClaimsPrincipal user, TeamPolicy policy, RetentionPolicy wanted, PolicyForm? form, (Guid Session, string Track)? after, PreviewReapplication preview, ReadPolicies read, CancellationToken cancellation)
    {
        var rules = wanted.FollowsOrganization ? policy.OfOrganization : wanted;
        var list = await preview.ListAsync(rules, policy.Team, after, PreviewPage.PageLength + 1, cancellation);
        return new(new
        {
            Account = user.Identity!.Name!,
            Policy = policy,
            Wanted = wanted,
            Rules = rules,
            Form = form,
            Parts = await preview.CountAsync(rules, policy.Team, cancellation),
            Held = await preview.HeldAsync(policy.Team, cancellation),
            Tracks = (IReadOnlyList<MovedTrack>)[.. list.Take(PreviewPage.PageLength)],
            HasMore = list.Count > PreviewPage.PageLength,
            TeamNames = await read.TeamNamesAsync(cancellation),
        });
    }

    private static IResult NoSuchTeam(HttpContext http) => ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such team.", "Choose one from the list of policies.");
}
