using System.Globalization;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Reads the rules of a form, and finds everything that is wrong with them.</summary>
internal sealed class PolicyRules
{
    private readonly List<string> _problems = [];

    private PolicyRules() { }

    /// <summary>What is wrong; none: <see cref="Rules"/> are whole.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public IReadOnlyList<RetentionRule> Rules { get; private set; } = [];

    /// <param name="limits">The organization's newest version, for a team; null: the form is the organization's.</param>
    /// <param name="today">A review lies after it.</param>
    public static PolicyRules Read(PolicyForm form, RetentionPolicy? limits, DateOnly today)
    {
        var read = new PolicyRules();
        read.Rules = [.. Enum.GetValues<RetentionPart>().Select(part => read.ReadRule(form.Of(part), part, limits?.Of(part), today)).OfType<RetentionRule>()];
        return read;
    }

    /// <summary>What of a team's own rules is outside what the organization allows.</summary>
    public static IEnumerable<string> OutsideOf(RetentionRule limits, RetentionRule rule, string whose)
    {
        var (name, length) = (RetentionWords.Of(rule.Part), Reapplication.LengthOf(rule));
        if (limits.MinimumDays is { } least && length < least) { yield return $"{name} of {whose}: {Said(rule)}; the organization's minimum is {RetentionWords.Days(least)}."; }
        if (limits.MaximumDays is { } most && length > most) { yield return $"{name} of {whose}: {Said(rule)}; the organization's maximum is {RetentionWords.Days(most)}."; }
    }

    private RetentionRule? ReadRule(RuleForm form, RetentionPart part, RetentionRule? limits, DateOnly today)
    {
        var (name, before) = (RetentionWords.Of(part), _problems.Count);
        if (!Enum.TryParse<RetentionKind>(form.Keep, out var keep) || !Enum.IsDefined(keep) || keep.ToString() != form.Keep)
        {
            _problems.Add($"{name}: '{form.Keep}' is not one of {string.Join(", ", Enum.GetNames<RetentionKind>()).ToLowerInvariant()}.");
            return null;
        }

        var days = keep is RetentionKind.Days ? Number(form.Days, $"{name}: days", required: true) : null;
        var least = keep is RetentionKind.Days or RetentionKind.Indefinite ? Number(form.Minimum, $"{name}: minimum", required: false) : null;
        var most = limits is null && keep is not RetentionKind.Indefinite ? Number(form.Maximum, $"{name}: maximum", required: false) : null; // what a choice has no use for is not shown with it, and not read
        if (limits is not null && !string.IsNullOrWhiteSpace(form.Maximum)) { _problems.Add($"{name}: a team has no maximum ('{form.Maximum}'). The organization's is the limit for all teams."); }
        if (least > most) { _problems.Add($"{name}: the minimum ({least}) is above the maximum ({most})."); }
        if (days < least) { _problems.Add($"{name}: {RetentionWords.Days(days.Value)} is below the minimum ({least})."); }
        if (days > most) { _problems.Add($"{name}: {RetentionWords.Days(days.Value)} is above the maximum ({most})."); }

        var (basis, review) = keep is RetentionKind.Indefinite ? Reason(form, name, today) : (null, null);
        var rule = new RetentionRule { Part = part, Keep = keep, Days = days, MinimumDays = least, MaximumDays = most, LegalBasis = basis, ReviewOn = review };
        if (limits is not null && before == _problems.Count) { _problems.AddRange(OutsideOf(limits, rule, "this team")); }
        return before == _problems.Count ? rule : null;
    }

    private (string? Basis, DateOnly? Review) Reason(RuleForm form, string name, DateOnly today)
    {
        var basis = form.Basis?.Trim() ?? "";
        if (basis.Length == 0) { _problems.Add($"{name}: indefinite needs a legal basis in words. The recorded person reads it."); }
        else if (basis.Length > RetentionRule.BasisLimit || basis.Any(char.IsControl)) { _problems.Add($"{name}: the legal basis has {basis.Length} characters; it may have {RetentionRule.BasisLimit}, on one line."); }

        if (!DateOnly.TryParseExact(form.Review, RuleForm.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var review))
        {
            _problems.Add($"{name}: indefinite needs a review date like 2027-03-31 ('{form.Review}' is none).");
        }
        else if (review <= today || review > today.AddDays(RetentionRule.LongestDays))
        {
            _problems.Add($"{name}: the review date ({form.Review}) must be after today and at most {RetentionRule.LongestDays} days away.");
        }

        return (basis, review);
    }

    private int? Number(string? typed, string name, bool required)
    {
        var trimmed = typed?.Trim() ?? "";
        if (trimmed.Length == 0 && !required) { return null; }
        if (int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= RetentionRule.LongestDays) { return number; }

        _problems.Add($"{name}: '{trimmed}' is not a whole number from 1 to {RetentionRule.LongestDays}.");
        return null;
    }

    private static string Said(RetentionRule rule) => rule.Keep is RetentionKind.Days ? RetentionWords.Days(rule.Days!.Value) : rule.Keep.ToString().ToLowerInvariant();
}
