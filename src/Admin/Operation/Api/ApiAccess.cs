using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Recording;

namespace SecureRecorder.Admin.Operation.Api;

/// <summary>Who may call an operation, taken from what its endpoint really asks for, and what its statuses mean.</summary>
internal sealed class ApiAccess : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    public const string Account = "account";
    private const string OwnPage = "ownPage";

    private static readonly Dictionary<string, OpenApiSecurityScheme> Schemes = new(StringComparer.Ordinal)
    {
        [Account] = new()
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "account",
            Description = "A person of the organization, signed in with a second factor on the pages of this server. There are no tokens for programs.",
        },
        [ParticipantAuthentication.SchemeName] = new()
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = ParticipantAuthentication.CookieName,
            Description = "A recorded person: the cookie that POST /join gives for a code. It stands for one participant of one session.",
        },
        [RecorderAuthentication.SchemeName] = new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A recorder: the token that POST /api/recorder/join gives for a code. It stands for one session, and can write but not read it." },
        [OwnPage] = new()
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = OwnPageFilter.Header,
            Description = "The value 1, beside a cookie. Other sites cannot make a browser send it; with it comes no Sec-Fetch-Site but same-origin.",
        },
    };

    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["200"] = "Done.",
        ["400"] = "What was sent is not understood, or is not what it must be: the detail names the thing, the value and the limit.",
        ["401"] = "Nobody is signed in, or the token or cookie is of nobody.",
        ["403"] = "Not allowed.",
        ["404"] = "There is no such thing, or it is somebody else's: the two are not told apart.",
        ["409"] = "It does not fit what has happened meanwhile.",
        ["410"] = "It was there, and is gone.",
        ["412"] = "What exists is never overwritten.",
        ["413"] = "What was sent is too large.",
        ["415"] = "Not the media type that is asked for.",
        ["422"] = "Understood, and refused.",
        ["429"] = "Too many tries. Retry-After says how many seconds to wait.",
        ["503"] = "Something that the server needs does not answer, or is not safe. Try again.",
    };

    /// <summary>How one proves who one is; null: nobody is asked.</summary>
    public static string? SchemeOf(IEnumerable<object> metadata)
    {
        var all = metadata.ToList();
        if (all.OfType<IAllowAnonymous>().Any()) { return null; }

        return all.OfType<AuthorizationPolicy>().SelectMany(policy => policy.AuthenticationSchemes).FirstOrDefault(Schemes.ContainsKey) ?? Account;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var requirement = new OpenApiSecurityRequirement();
        void Ask(string scheme) => requirement.Add(new OpenApiSecuritySchemeReference(scheme, context.Document), []);
        if (SchemeOf(metadata) is { } asked) { Ask(asked); }
        if (metadata.OfType<ApiDescriptions.OwnPagesOnly>().Any()) { Ask(OwnPage); }
        operation.Security = requirement.Count == 0 ? [] : [requirement];

        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (Meanings.TryGetValue(status, out var meaning)) { response.Description = meaning; }
            if (status == StatusCodes.Status429TooManyRequests.ToString(CultureInfo.InvariantCulture) && response is OpenApiResponse tooMany)
            {
                tooMany.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = new OpenApiHeader { Description = "Seconds.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } } };
            }
        }

        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new();
        document.Components.SecuritySchemes = Schemes.ToDictionary(scheme => scheme.Key, scheme => (IOpenApiSecurityScheme)scheme.Value, StringComparer.Ordinal);
        return Task.CompletedTask;
    }
}
