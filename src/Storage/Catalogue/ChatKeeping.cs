namespace SecureRecorder.Storage.Catalogue;

/// <summary>How long a chat message lives.</summary>
public enum ChatKeeping
{
    /// <summary>While the session is recorded it is sealed into the recording, if the person allowed that too; else as <see cref="Session"/>.</summary>
    Recording,

    /// <summary>In the server's memory until the session is forgotten, for a page that is loaded again. On no disk.</summary>
    Session,

    /// <summary>It passes through: a page that is loaded later does not show it.</summary>
    Nothing,
}
