using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture;

namespace SecureRecorder.RetentionJobs.Tests.Posture;

/// <summary>Every labelled document is judged as its label says: <c>cases.json</c>, written by people who looked at real buckets and at the sources of real servers.</summary>
public sealed class LabelledCasesTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Labelled =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Posture/cases.json"))).RootElement.EnumerateArray().ToDictionary(json => json.GetProperty("id").GetString()!);

    public static TheoryData<string> Ids => [.. Labelled.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Is_judged_as_its_label_says(string id)
    {
        var expected = Labelled[id].GetProperty("expected");
        var judgement = JudgePosture.Run(PostureCase.Read(Labelled[id], 1));
        Assert.Equal(expected.GetProperty("findings").EnumerateArray().Select(finding => finding.GetString()!).Order(StringComparer.Ordinal), judgement.Findings);
        Assert.Equal(expected.GetProperty("public").GetBoolean(), judgement.Public);
    }

    [Fact]
    public void There_are_as_many_as_were_labelled() => Assert.Equal(109, Labelled.Count);
}
