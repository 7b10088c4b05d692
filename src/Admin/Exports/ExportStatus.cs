using SecureRecorder.Admin.Layout;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Exports;

/// <summary>How an export goes, for its requester's page.</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="IsOver">Nothing changes by itself any more but its end.</param>
public sealed record ExportStatus(string State, string Title, string Meaning, string Tone, int Percent, bool MayDownload, bool IsOver)
{
    internal static ExportStatus Of(RecordingExport export, ExportOptions options, DateTimeOffset now)
    {
        var state = export.State == ExportState.Ready && export.ExpiresAt <= now ? ExportState.Gone : export.State;
        var left = state == ExportState.Ready ? options.Downloads - export.Downloads : 0;
        var (title, meaning, tone) = state switch
        {
            ExportState.Approved => ("Approved", "It is built as soon as a server is free.", "azure"),
            ExportState.Building => ("Being built", "Every part is checked first, then written. You may leave this page.", "azure"),
            ExportState.Ready when left > 0 => ("Ready", $"{Words.Size(export.Size)}. It can be downloaded {(left == 1 ? "once" : $"{left} times")}, by you, until {Time(export.ExpiresAt)}. A download that breaks off counts.", "green"),
            ExportState.Ready => ("Downloaded", $"It was downloaded as often as the organization allows, and is destroyed at {Time(export.ExpiresAt)}.", "secondary"),
            ExportState.Failed => ("Failed", $"{export.Detail} Nothing of it was left behind.", "red"),
            _ => ("Over", export.Detail ?? "Its time was over. Nothing of it is there any more.", "secondary"),
        };
        return new(state.ToString(), title, meaning, tone, export.Percent, left > 0, state is not (ExportState.Approved or ExportState.Building));
    }

    private static string Time(DateTimeOffset? time) => $"{time?.UtcDateTime:d MMMM yyyy, HH:mm} UTC";
}
