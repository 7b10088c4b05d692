using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Breaches;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Exports;
using SecureRecorder.Admin.Findings;
using SecureRecorder.Admin.Holds;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Notices;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Operation.Jobs;
using SecureRecorder.Admin.Overview;
using SecureRecorder.Admin.Posture;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Recording;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Admin.Requests;
using SecureRecorder.Admin.Retention;
using SecureRecorder.Admin.Sessions;

return EF.IsDesignTime ? 0 : await CommandLine.RunAsync(args);

/// <summary>The server, as the list of what it can do.</summary>
internal static partial class Program
{
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adapt = null)
    {
        var builder = ServerHost.CreateBuilder(args);
        builder.AddOperation().AddAudit().AddWebSafety().AddAccess().AddFindings().AddLocations().AddBreaches().AddOverview();
        builder.AddSessions().AddConsent().AddReceipts().AddRequests().AddNotices().AddRetention().AddLive().AddChat().AddRecording().AddJobs();
        builder.Services.AddReplay().AddExports().AddHolds();
        adapt?.Invoke(builder);

        var app = builder.Build();
        app.UseWebSafety();
        app.MapProbes();
        if (ServerRoles.Of(builder.Configuration).Web) { Map(app); }
        return app;
    }

    private static void Map(WebApplication app)
    {
        app.MapOperation();
        app.MapAccess();
        app.MapSessions();
        app.MapConsent();
        app.MapReceipts();
        app.MapRequests();
        app.MapNotices();
        app.MapRetention();
        app.MapLive();
        app.MapChat();
        app.MapRecording();
        app.MapLocations();
        app.MapPosture();
        app.MapOverview();
        app.MapAlerts();
        app.MapBreaches();
        app.MapReplay();
        app.MapExports();
        app.MapHolds();
        app.MapAudit();
    }
}
