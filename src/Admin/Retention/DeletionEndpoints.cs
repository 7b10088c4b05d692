using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>What is deleted next, by day.</summary>
internal static class DeletionEndpoints
{
    private const string MonthFormat = "yyyy-MM";
    private const string DayFormat = "yyyy-MM-dd";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var deletions = routes.MapGroup("/deletions").RequireAuthorization(Policies.Deletions);
        deletions.MapGet("", MonthAsync);
        deletions.MapGet("/{day}", DayAsync);
    }

    private static async Task<IResult> MonthAsync(string? month, ClaimsPrincipal user, NextDeletions next, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!DateOnly.TryParseExact(month ?? now.UtcDateTime.ToString(MonthFormat, CultureInfo.InvariantCulture), MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) || first.Year is < 2000 or > 2200)
        {
            return ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such month.", "A month is written like 2027-03, from 2000 to 2200.");
        }

        var (from, before) = (DayOf(first), DayOf(first.AddMonths(1)));
        var overdue = await next.ListAsync(null, now, null, 1, cancellation);
        return new RazorComponentResult<DeletionsPage>(new
        {
            Account = user.Identity!.Name!,
            First = first,
            Today = DateOnly.FromDateTime(now.UtcDateTime),
            Days = await next.DaysAsync(from, before, cancellation),
            Held = await next.HeldAsync(RetentionDates.BeginningOf(from), RetentionDates.BeginningOf(before), cancellation),
            OldestDue = overdue.Count == 0 ? (DateTimeOffset?)null : overdue[0].At,
        });
    }

    private static async Task<IResult> DayAsync(string day, string? after, ClaimsPrincipal user, NextDeletions next, ReadPolicies read, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        if (!DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year is < 2000 or > 2200)
        {
            return ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such day.", "Choose one from the calendar.");
        }

        var (from, before) = (RetentionDates.BeginningOf(DayOf(date)), RetentionDates.BeginningOf(DayOf(date.AddDays(1))));
        var list = await next.ListAsync(from, before, ReadPlace(after, from), DeletionDayPage.PageLength + 1, cancellation);
        return new RazorComponentResult<DeletionDayPage>(new
        {
            Account = user.Identity!.Name!,
            Day = date,
            IsPast = before <= clock.GetUtcNow(),
            Count = (await next.DaysAsync(DayOf(date), DayOf(date) + 1, cancellation)).GetValueOrDefault(DayOf(date)),
            Deletions = (IReadOnlyList<Deletion>)[.. list.Take(DeletionDayPage.PageLength)],
            Next = list.Count > DeletionDayPage.PageLength ? $"/deletions/{day}?after={Uri.EscapeDataString(PlaceOf(list[DeletionDayPage.PageLength - 1]))}" : null,
            TeamNames = await read.TeamNamesAsync(cancellation),
        });
    }

    private static string PlaceOf(Deletion last) => $"{last.At.ToUnixTimeMilliseconds()}_{last.Session}_{last.Track}";

    /// <summary>A place that is none of this day begins it anew.</summary>
    private static DeletionPlace? ReadPlace(string? after, DateTimeOffset from) =>
        after?.Split('_') is [var at, var session, var track] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && Guid.TryParse(session, out var id)
        && milliseconds - from.ToUnixTimeMilliseconds() is >= 0 and < 86_400_000 ? new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id, track.Length == 0 ? null : track) : null;

    private static long DayOf(DateOnly date) => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
}
