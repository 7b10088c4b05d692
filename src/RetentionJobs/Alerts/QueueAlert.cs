using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Puts something that somebody must be told on its way, for every channel that is configured: saved with what it tells of, it is neither lost nor told of what did not happen.</summary>
public sealed class QueueAlert(IEnumerable<IAlertChannel> channels)
{
    /// <summary>Whether anybody is told anything.</summary>
    public bool HasChannels => channels.Any(channel => channel.IsConfigured);

    /// <summary>Adds it; it goes once the caller saves.</summary>
    /// <returns>Its id; null: there is no channel.</returns>
    public Guid? Add(CatalogueDb catalogue, Alert alert, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        foreach (var channel in channels.Where(channel => channel.IsConfigured))
        {
            catalogue.Alerts.Add(new()
            {
                Id = id,
                Channel = channel.Name,
                Kind = alert.Kind,
                Severity = alert.Severity,
                Location = alert.Location,
                Title = alert.Title,
                Text = alert.Text.Length <= OutgoingAlert.TextLimit ? alert.Text : alert.Text[..OutgoingAlert.TextLimit],
                Page = alert.Page,
                CreatedAt = now,
                NextAttemptAt = now,
            });
        }

        return HasChannels ? id : null;
    }
}

/// <summary>Something that somebody must be told. No part of it names a person, an object or a session.</summary>
/// <param name="Page">Path of the page that says more.</param>
public sealed record Alert(string Kind, FindingSeverity Severity, string Location, string Title, string Text, string Page);

/// <summary>A way to tell somebody.</summary>
public interface IAlertChannel
{
    string Name { get; }

    bool IsConfigured { get; }

    /// <summary>Delivers it; that it was accepted is all that is known.</summary>
    /// <exception cref="AlertNotDeliveredException">It was not accepted.</exception>
    Task SendAsync(OutgoingAlert alert, CancellationToken cancellation);
}

/// <summary>An alert was not accepted. The message says by whom and why, and holds no secret.</summary>
public sealed class AlertNotDeliveredException : Exception
{
    public AlertNotDeliveredException() { }
    public AlertNotDeliveredException(string message) : base(message) { }
    public AlertNotDeliveredException(string message, Exception inner) : base(message, inner) { }
}

/// <param name="Address">Where people reach the server's pages; null: it is not configured, and alerts have no link.</param>
public sealed record PagesAddress(Uri? Address)
{
    public string Of(string page) => Address is null ? page : new Uri(Address, page).AbsoluteUri;
}
