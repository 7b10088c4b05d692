using System.Text.RegularExpressions;

namespace SecureRecorder.Admin.Tests.Access.Matrix;

/// <summary>Every route of the application, one line each, and what everybody gets there.</summary>
/// <remarks>
/// <para>Columns: nobody; the recorded person, by the cookie of the session in question; its recorder, by its token; the technician who started it; another technician; an org admin; an auditor; an operator.</para>
/// <para>
/// <c>of</c>: whose id is in the path, or, without one, whose session person and recorder are of: see <see cref="MatrixScene"/>. Each line with an id is also performed with one that is of nothing: who is let in by
/// the table then gets 404, or what is written behind a slash.
/// </para>
/// <para>
/// Cells: <c>ok</c> it is done (2xx, or on to a page of theirs); <c>in</c> sign in first (pages lead to <c>/sign-in</c>, everything else is 401); <c>join</c> enter a code first (<c>/join</c>, 401);
/// <c>token</c> 401 for a bearer token; a number: just that, for example 422: let in, and what was sent is not right.
/// </para>
/// <para>At the end: what is sent. A form, or JSON.</para>
/// </remarks>
internal static partial class RouteTable
{
    private const string Table = """
        route                                          of         | nobody person recorder owner other admin auditor operator | sent

        GET  /                                         -          | in     in     in       ok    ok    ok    ok      ok
        GET  /sessions                                 -          | in     in     in       ok    ok    403   403     403
        POST /sessions                                 -          | in     in     in       ok    ok    403   403     403      | accepted=true
        GET  /sessions/{id:guid}                       live       | in     in     in       ok    404   404   404     404
        GET  /api/sessions/{id:guid}                   live       | in     in     in       ok    404   403   403     403
        POST /sessions/{id:guid}/code                  invited    | in     in     in       ok    404   403   403     403
        POST /sessions/{id:guid}/invite                live       | in     in     in       ok    404   403   403     403
        POST /sessions/{id:guid}/pause                 live       | in     in     in       ok    404   403   403     403
        POST /sessions/{id:guid}/resume                live       | in     in     in       ok    404   403   403     403
        POST /sessions/{id:guid}/end                   live       | in     in     in       ok    404   403   403     403
        GET  /api/sessions/{id:guid}/chat              live       | in     in     in       ok    404   403   403     403
        POST /api/sessions/{id:guid}/chat              live       | in     in     in       ok    404   403   403     403      | {"text":"hello"}

        GET  /sessions/{id:guid}/replay                recorded   | in     in     in       ok    404   404   404     404
        POST /sessions/{id:guid}/replay                recorded   | in     in     in       ok    404   404   404     404      | purpose=Quality assurance
        POST /sessions/{id:guid}/replay/approval       recorded   | in     in     in       404   404   404   404     404      | purpose=Quality assurance
        GET  /replay/{grant:guid}                      grant      | in     in     in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}                  grant      | in     in     in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}/video.m3u8       grant      | in     in     in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}/video/init.mp4   grant      | in     in     in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}/video/{first:long}.m4s        grant | in  in in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}/thumbnails/{index:long}.webp  grant | in  in in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}/chat             grant      | in     in     in       ok    404   404   404     404

        GET  /api/replay/{grant:guid}/events           grant      | in     in     in       ok    404   404   404     404
        GET  /api/replay/{grant:guid}/video/part-{index:long}.m4s   grant | in  in in       ok    404   404   404     404

        GET  /sessions/{id:guid}/export                recorded   | in     in     in       ok    404   404   404     404
        POST /sessions/{id:guid}/export                recorded   | in     in     in       ok    404   404   404     404      | purpose=Quality assurance
        POST /sessions/{id:guid}/export/start          recorded   | in     in     in       422   404   404   404     404
        GET  /exports/{id:guid}                        export     | in     in     in       ok    404   404   404     404
        GET  /api/exports/{id:guid}                    export     | in     in     in       ok    404   404   404     404
        POST /exports/{id:guid}/download               export     | in     in     in       410   404   404   404     404

        GET  /join                                     -          | ok     ok     ok       ok    ok    ok    ok      ok
        POST /join                                     -          | 404    404    404      403   403   403   403     403      | code=2345-6789
        GET  /consent                                  deciding   | join   ok     join     join  join  join  join    join
        POST /consent/language                         deciding   | join   ok     join     join  join  join  join    join     | language=de
        POST /consent/more-time                        deciding   | join   ok     join     join  join  join  join    join
        POST /consent/decline                          deciding   | join   ok     join     join  join  join  join    join
        POST /consent/leave                            live       | join   ok     join     join  join  join  join    join
        GET  /consent/receipt                          recorded   | join   ok     join     join  join  join  join    join
        GET  /api/consent                              deciding   | join   ok     join     join  join  join  join    join
        POST /api/consent                              deciding   | join   422    join     join  join  join  join    join     | {"receipt":"none"}
        GET  /live                                     live       | join   ok     join     join  join  join  join    join
        POST /api/live/heartbeat                       live       | join   ok     join     join  join  join  join    join     | {}
        POST /api/live/pause                           live       | join   ok     join     join  join  join  join    join     | {}
        POST /api/live/resume                          live       | join   ok     join     join  join  join  join    join     | {}
        POST /api/live/leave                           live       | join   ok     join     join  join  join  join    join     | {}
        POST /api/live/end                             live       | join   ok     join     join  join  join  join    join     | {}
        POST /api/live/withdraw                        live       | join   ok     join     join  join  join  join    join     | {}
        POST /api/live/erase                           live       | join   ok     join     join  join  join  join    join     | {}
        GET  /api/live/chat                            live       | join   ok     join     join  join  join  join    join
        POST /api/live/chat                            live       | join   ok     join     join  join  join  join    join     | {"text":"hello"}

        POST /api/recorder/join                        -          | 400    400    400      400   400   400   400     400      | {"code":"2345-6789"}
        GET  /api/recorder/control                     live       | token  token  ok       token token token token   token
        POST /api/recorder/addresses                   live       | token  token  ok       token token token token   token    | {"track":"video","names":["key.json"]}
        POST /api/recorder/commits                     live       | token  token  400      token token token token   token    | {"track":"video"}
        POST /api/recorder/finish                      live       | token  token  ok       token token token token   token    | {"end":"ended","tracks":[]}
        PUT  /objects/{**name}                         -          | 403    403    403      403   403   403   403     403

        GET  /receipts/{token}                         receipt    | ok     ok     ok       ok    ok    ok    ok      ok
        GET  /receipts/{token}/file                    receipt    | ok     ok     ok       ok    ok    ok    ok      ok
        POST /receipts/{token}/requests                receipt    | 422    422    422      422   422   422   422     422
        GET  /requests                                 -          | in     in     in       403   403   ok    ok      403
        GET  /requests/{id:guid}                       case       | in     in     in       403   403   ok    ok      403
        POST /requests/{id:guid}/answer                case       | in     in     in       403   403   ok    ok      403      | answer=Done.

        GET  /setup/{token}                            -          | 404    404    404      404   404   404   404     404
        POST /setup/{token}                            -          | 404    404    404      404   404   404   404     404
        GET  /welcome/{token}                          invitation | ok     ok     ok       ok    ok    ok    ok      ok
        POST /welcome/{token}                          invitation | 404    404    404      404   404   404   404     404
        GET  /sign-in                                  -          | ok     ok     ok       ok    ok    ok    ok      ok
        GET  /sign-in/organization                     -          | 302    302    302      302   302   302   302     302
        GET  /sign-in/organization/second-factor       -          | in     in     in       in    in    in    in      in
        POST /sign-in/organization/second-factor       -          | 401    401    401      401   401   401   401     401      | code=000000
        POST /sign-in                                  -          | 401    401    401      401   401   401   401     401      | userName=nobody
        POST /sign-in/passkey                          -          | 401    401    401      401   401   401   401     401
        POST /api/passkeys/sign-in                     -          | ok     ok     ok       ok    ok    ok    ok      ok       | {}
        POST /api/passkeys/new                         -          | in     in     in       ok    ok    ok    ok      ok       | {}
        POST /api/passkeys/confirm                     -          | in     in     in       ok    ok    ok    ok      ok       | {}
        POST /sign-out                                 -          | 302    302    302      302   302   302   302     302
        GET  /account                                  -          | in     in     in       ok    ok    ok    ok      ok
        GET  /account/authenticator                    -          | in     in     in       ok    ok    ok    ok      ok
        POST /account/authenticator                    -          | in     in     in       422   422   422   422     422
        POST /account/password                         -          | in     in     in       422   422   422   422     422
        POST /account/passkeys                         -          | in     in     in       422   422   422   422     422
        POST /account/passkeys/name                    -          | in     in     in       422   422   422   422     422
        POST /account/passkeys/remove                  -          | in     in     in       422   422   422   422     422
        POST /account/recovery-codes                   -          | in     in     in       422   422   422   422     422
        POST /account/sign-out                         -          | in     in     in       ok    ok    ok    ok      ok

        GET  /people                                   -          | in     in     in       403   403   ok    403     403
        POST /people                                   -          | in     in     in       403   403   422   403     403
        GET  /people/{id}                              account    | in     in     in       403   403   ok    403     403
        POST /people/{id}/roles                        account    | in     in     in       403   403   ok    403     403      | roles=auditor
        POST /people/{id}/disable                      account    | in     in     in       403   403   ok    403     403
        POST /people/{id}/enable                       account    | in     in     in       403   403   ok    403     403
        POST /people/{id}/reset                        account    | in     in     in       403   403   ok    403     403
        POST /people/{id}/unlock                       account    | in     in     in       403   403   ok    403     403
        POST /people/{id}/sign-out                     account    | in     in     in       403   403   ok    403     403
        GET  /teams                                    -          | in     in     in       403   403   ok    403     403
        POST /teams                                    -          | in     in     in       403   403   422   403     403
        POST /teams/{id:int}/name                      team/422   | in     in     in       403   403   ok    403     403      | name=Third line
        POST /teams/{id:int}/remove                    team/422   | in     in     in       403   403   ok    403     403
        POST /teams/{id:int}/members                   team/422   | in     in     in       403   403   ok    403     403      | userName=other
        POST /teams/{id:int}/members/remove            team/422   | in     in     in       403   403   422   403     403      | userName=other
        GET  /location                                 -          | in     in     in       403   403   ok    403     403
        POST /location/check                           -          | in     in     in       403   403   ok    403     403
        GET  /locations                                -          | in     in     in       403   403   ok    403     403
        GET  /locations/new                            -          | in     in     in       403   403   ok    403     403
        POST /locations/new                            -          | in     in     in       403   403   422   403     403      | Name=north
        POST /locations/close                          -          | in     in     in       403   403   422   403     403      | name=main
        POST /locations/open                           -          | in     in     in       403   403   422   403     403      | name=main
        POST /locations/expiring-keys                  -          | in     in     in       403   403   422   403     403      | name=main&expire=true
        GET  /locations/keys/{id:guid}/certificate     month      | in     in     in       403   403   ok    403     403
        POST /locations/move                           -          | in     in     in       403   403   422   403     403      | from=main&to=main
        GET  /locations/orphans                        -          | in     in     in       403   403   ok    403     403
        POST /locations/orphans                        -          | in     in     in       403   403   422   403     403      | location=main
        GET  /locations/misplaced                      -          | in     in     in       403   403   404   403     403
        GET  /overview                                 -          | in     in     in       403   403   ok    403     403
        POST /locations/regions                        -          | in     in     in       403   403   ok    403     403      | team=0
        POST /location/test-alert                      -          | in     in     in       403   403   ok    403     403
        GET  /breaches                                 -          | in     in     in       403   403   ok    ok      403
        GET  /breaches/{id:guid}                       breach     | in     in     in       403   403   ok    ok      403
        POST /breaches/{id:guid}/notes                 breach     | in     in     in       403   403   ok    ok      403      | text=Seen.
        POST /breaches/{id:guid}/assess                breach     | in     in     in       403   403   ok    403     403      | risk=no&reason=Sealed.&notified=no
        POST /breaches/{id:guid}/close                 breach     | in     in     in       403   403   422   403     403
        GET  /holds                                    -          | in     in     in       403   403   ok    ok      403
        POST /holds                                    -          | in     in     in       403   403   422   403     403
        POST /holds/{id:guid}/lift                     hold       | in     in     in       403   403   ok    403     403      | reason=Settled
        POST /holds/{id:guid}/confirm                  hold       | in     in     in       403   403   422   403     403
        POST /holds/{id:guid}/keep                     hold       | in     in     in       403   403   422   403     403
        POST /holds/{id:guid}/review                   hold       | in     in     in       403   403   422   403     403      | day=none
        GET  /labels                                   -          | in     in     in       403   403   ok    403     403
        POST /labels                                   -          | in     in     in       403   403   ok    403     403      | name=Matrix
        POST /labels/sensitive                         -          | in     in     in       403   403   422   403     403      | name=None such
        POST /labels/retire                            -          | in     in     in       403   403   422   403     403      | name=None such
        POST /labels/offer                             -          | in     in     in       403   403   422   403     403      | name=None such
        GET  /rights                                   -          | in     in     in       ok    ok    ok    ok      ok
        POST /rights                                   -          | in     in     in       422   422   422   422     422
        POST /rights/{id:guid}/revoke                  right/422  | in     in     in       422   422   ok    422     422
        GET  /approvals                                -          | in     in     in       ok    ok    ok    ok      ok
        POST /approvals/{id:guid}                      approval   | in     in     in       404   404   ok    404     404      | decision=approve
        GET  /account/confirm                          -          | in     in     in       ok    ok    ok    ok      ok
        POST /account/confirm                          -          | in     in     in       422   422   422   422     422      | code=000000
        POST /account/confirm/passkey                  -          | in     in     in       422   422   422   422     422

        GET  /notices                                  -          | in     in     in       403   403   ok    403     403
        POST /notices/publish                          -          | in     in     in       403   403   409   403     403      | version=99
        GET  /notices/draft/{language}                 language   | in     in     in       403   403   ok    403     403
        POST /notices/draft/{language}                 language   | in     in     in       403   403   ok    403     403      | Enabled=true
        GET  /notices/preview/{language}               language   | in     in     in       403   403   ok    403     403
        GET  /notices/versions/{version:int}/{language} version   | in     in     in       403   403   ok    403     403

        GET  /retention                                -          | in     in     in       403   403   ok    403     403
        GET  /retention/{team:int}                     retention  | in     in     in       403   403   ok    403     403
        GET  /retention/{team:int}/versions/{version:int} retained | in     in     in       403   403   ok    403     403
        POST /retention/{team:int}/preview             retention  | in     in     in       403   403   409   403     403      | Version=99
        POST /retention/{team:int}                     retention  | in     in     in       403   403   409   403     403      | Version=99
        GET  /retention/{team:int}/reapply             retention  | in     in     in       403   403   ok    403     403
        POST /retention/{team:int}/reapply             retention  | in     in     in       403   403   409   403     403      | version=99
        GET  /deletions                                -          | in     in     in       403   403   ok    ok      403
        GET  /deletions/{day}                          day        | in     in     in       403   403   ok    ok      403

        GET  /audit                                    -          | in     in     in       403   403   403   ok      403
        GET  /audit/rows.jsonl                         -          | in     in     in       403   403   403   ok      403

        GET  /operation                                -          | in     in     in       403   403   403   403     ok
        GET  /jobs                                     -          | in     in     in       403   403   ok    403     ok
        POST /jobs/{job}/run                           job        | in     in     in       403   403   ok    403     ok

        GET  /.well-known/security.txt                 -          | ok     ok     ok       ok    ok    ok    ok      ok
        GET  /openapi/v1.json                          -          | ok     ok     ok       ok    ok    ok    ok      ok
        GET  /health                                   -          | ok     ok     ok       ok    ok    ok    ok      ok
        GET  /ready                                    -          | ok     ok     ok       ok    ok    ok    ok      ok
        """;

    /// <summary>Its lines.</summary>
    public static IReadOnlyList<RouteRow> Rows { get; } = [.. Table.Split('\n').Skip(1).Where(line => line.Trim().Length > 0).Select(Read)];

    private static RouteRow Read(string line)
    {
        if (LinePattern().Match(line) is not { Success: true } parts) { throw new FormatException($"This line of the table has not the form 'METHOD /pattern of | {string.Join(' ', Who.All)} | what is sent': {line}"); }

        var cells = parts.Groups["cells"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (cells.Length != Who.All.Count) { throw new FormatException($"{cells.Length} cells, and {Who.All.Count} columns ({string.Join(' ', Who.All)}): {line}"); }

        var of = parts.Groups["of"].Value.Split('/');
        return new(
            parts.Groups["method"].Value, parts.Groups["pattern"].Value, of[0], of.Length == 1 ? "404" : of[1], parts.Groups["sent"].Value.Trim(),
            Who.All.Zip(cells).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\s*(?<method>[A-Z]+) +(?<pattern>/\S*) +(?<of>\S+) +\|(?<cells>[^|]+)(\|(?<sent>.*))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinePattern();
}

/// <summary>The columns of the table.</summary>
internal static class Who
{
    public const string Nobody = "nobody";
    public const string Person = "person";
    public const string Recorder = "recorder";
    public const string Owner = "owner";
    public const string Other = "other";

    public static readonly IReadOnlyList<string> All = [Nobody, Person, Recorder, Owner, Other, "admin", "auditor", "operator"];
}

/// <summary>One route.</summary>
/// <param name="Of">Whose id is in its path.</param>
/// <param name="None">What those who are let in get for an id that is of nothing.</param>
/// <param name="Sent">Form or JSON.</param>
/// <param name="Cells">What each gets.</param>
internal sealed record RouteRow(string Method, string Pattern, string Of, string None, string Sent, IReadOnlyDictionary<string, string> Cells)
{
    public string Name => $"{Method} {Pattern}";

    /// <summary>Whether it does something, and is no JSON.</summary>
    public bool IsForm => Method == "POST" && !Pattern.StartsWith("/api/", StringComparison.Ordinal);

    /// <summary>Somebody who is let in.</summary>
    public string Allowed => Cells.First(cell => cell.Value is not ("in" or "join" or "token" or "403")).Key;

    /// <summary>What this one gets where the id is of nothing: who is not let in learns nothing.</summary>
    public string CellOfNone(string who) => Cells[who] is "in" or "join" or "token" or "403" ? Cells[who] : None;
}
