using SecureRecorder.Admin.Retention;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Retention;

/// <summary>What a policy may say: each error names the part, the value and the limit.</summary>
public sealed class PolicyRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 28);

    [Theory]
    [InlineData("Days", "0", "", "", "Screen: days: '0' is not a whole number from 1 to 3650.")]
    [InlineData("Days", "", "", "", "Screen: days: '' is not a whole number from 1 to 3650.")]
    [InlineData("Days", "3651", "", "", "Screen: days: '3651' is not a whole number from 1 to 3650.")]
    [InlineData("Days", "-5", "", "", "Screen: days: '-5' is not a whole number from 1 to 3650.")]
    [InlineData("Days", "1e3", "", "", "Screen: days: '1e3' is not a whole number from 1 to 3650.")]
    [InlineData("Days", "30", "0", "", "Screen: minimum: '0' is not a whole number from 1 to 3650.")]
    [InlineData("Days", "50", "60", "40", "Screen: the minimum (60) is above the maximum (40).|Screen: 50 days is below the minimum (60).|Screen: 50 days is above the maximum (40).")]
    [InlineData("Days", "30", "60", "", "Screen: 30 days is below the minimum (60).")]
    [InlineData("Days", "90", "", "60", "Screen: 90 days is above the maximum (60).")]
    [InlineData("days", "30", "", "", "Screen: 'days' is not one of none, session, days, indefinite.")]
    [InlineData("7", "30", "", "", "Screen: '7' is not one of none, session, days, indefinite.")]
    [InlineData("Days", "30", "20", "40", "")]
    [InlineData("Session", "", "", "", "")]
    [InlineData("None", "", "", "", "")]
    public void Days_and_limits(string keep, string days, string minimum, string maximum, string problems) =>
        Assert.Equal(problems, string.Join('|', Read(new() { Keep = keep, Days = days, Minimum = minimum, Maximum = maximum }).Problems));

    [Theory]
    [InlineData("", "2027-11-01", "Screen: indefinite needs a legal basis in words. The recorded person reads it.")]
    [InlineData("  ", "2027-11-01", "Screen: indefinite needs a legal basis in words. The recorded person reads it.")]
    [InlineData("Section 12", "", "Screen: indefinite needs a review date like 2027-03-31 ('' is none).")]
    [InlineData("Section 12", "1.3.2027", "Screen: indefinite needs a review date like 2027-03-31 ('1.3.2027' is none).")]
    [InlineData("Section 12", "2026-11-28", "Screen: the review date (2026-11-28) must be after today and at most 3650 days away.")]
    [InlineData("Section 12", "2046-11-28", "Screen: the review date (2046-11-28) must be after today and at most 3650 days away.")]
    [InlineData("Section 12", "2027-11-01", "")]
    public void Indefinite_is_refused_without_a_legal_basis_and_a_review_date(string basis, string review, string problem) =>
        Assert.Equal(problem, string.Join('|', Read(new() { Keep = "Indefinite", Basis = basis, Review = review }).Problems));

    [Fact]
    public void A_legal_basis_has_a_limit_and_is_one_line()
    {
        Assert.Contains("has 201 characters; it may have 200", Read(new() { Keep = "Indefinite", Basis = new('x', 201), Review = "2027-11-01" }).Problems.Single(), StringComparison.Ordinal);
        Assert.Contains("on one line", Read(new() { Keep = "Indefinite", Basis = "a\nb", Review = "2027-11-01" }).Problems.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Days", "20", "", "Screen of this team: 20 days; the organization's minimum is 30 days.")]
    [InlineData("Days", "120", "", "Screen of this team: 120 days; the organization's maximum is 90 days.")]
    [InlineData("None", "", "", "Screen of this team: none; the organization's minimum is 30 days.")]
    [InlineData("Session", "", "", "Screen of this team: session; the organization's minimum is 30 days.")]
    [InlineData("Indefinite", "", "", "Screen of this team: indefinite; the organization's maximum is 90 days.")]
    [InlineData("Days", "60", "80", "Screen: a team has no maximum ('80'). The organization's is the limit for all teams.")]
    [InlineData("Days", "60", "", "")]
    public void A_team_stays_within_the_organizations_limits(string keep, string days, string maximum, string problem)
    {
        var limits = new RetentionPolicy
        {
            Team = 0, Version = 1, At = default, By = "ada", Why = "",
            Rules = [.. Enum.GetValues<RetentionPart>().Select(part => new RetentionRule { Part = part, Keep = RetentionKind.Days, Days = 60, MinimumDays = part is RetentionPart.Screen ? 30 : null, MaximumDays = part is RetentionPart.Screen ? 90 : null })],
        };
        Assert.Equal(problem, string.Join('|', Read(new() { Keep = keep, Days = days, Maximum = maximum, Basis = "Section 12", Review = "2027-11-01" }, limits).Problems));
    }

    private static PolicyRules Read(RuleForm screen, RetentionPolicy? limits = null) =>
        PolicyRules.Read(new() { Screen = screen, Chat = new() { Keep = "Session" }, Events = new() { Keep = "None" } }, limits, Today);
}
