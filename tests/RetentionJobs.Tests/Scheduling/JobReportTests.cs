using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Tests.Scheduling;

/// <summary>What a run says of itself is short, and on one line.</summary>
public sealed class JobReportTests
{
    private readonly JobReport report = new();

    [Fact]
    public void Counts_are_added_up_and_read_as_words()
    {
        Assert.Null(report.Tell().Did);
        report.Did("session", "deleted");
        report.Did("row", "signed", 0);
        Assert.Equal("1 session deleted", report.Tell().Did);
        report.Did("session", "deleted", 2);
        report.Did("checkpoint", "written");
        Assert.Equal(("3 sessions deleted, 1 checkpoint written", null), (report.Tell().Did, report.Tell().Failure));
    }

    [Fact]
    public void Of_what_could_not_be_done_the_first_reason_is_told()
    {
        report.Failed("session", "not deleted yet", new IOException("The bucket\r\nis away."));
        report.Failed("session", "not deleted yet", new IOException("Again."));
        Assert.Equal(("2 sessions not deleted yet", "The bucket is away."), (report.Tell().Did, report.Tell().Failure));
    }

    [Fact]
    public void A_reason_without_end_or_without_words_fits_into_its_column()
    {
        Assert.Equal(JobRun.TextLimit, JobReport.WordsOf(new IOException(new string('x', 10_000))).Length);
        Assert.DoesNotContain('\0', JobReport.WordsOf(new IOException("a\0b")));
        Assert.Equal(nameof(IOException), JobReport.WordsOf(new IOException("")));
    }
}
