using System.Runtime.InteropServices;
using SecureRecorder.Admin.Layout;
using SecureRecorder.RetentionJobs.Scheduling;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>Which program this is.</summary>
internal sealed class VersionPart(ThisNode node) : IServerPart
{
    public string Name => "This server";

    public Task<PartHealth> LookAsync(CancellationToken cancellation) => Task.FromResult(PartHealth.Of(
        Name, PartState.Off, "Versions, for whoever asks for them.", ("SecureRecorder", typeof(VersionPart).Assembly.GetName().Version!.ToString(3)), (".NET", Environment.Version.ToString()),
        ("System", RuntimeInformation.OSDescription), ("Processors", $"{Environment.ProcessorCount}"), ("Memory used", Words.Size(Environment.WorkingSet)), ("Started", Words.Time(node.StartedAt.ToUnixTimeMilliseconds()))));
}
