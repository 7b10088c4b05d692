using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>Keys of cookies and forms lie beside the server's other keys, in its owner-only folder.</summary>
internal sealed class KeysInTheDataFolder(DataFolder folder, ILoggerFactory loggers) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) =>
        options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder.Keys), loggers);
}
