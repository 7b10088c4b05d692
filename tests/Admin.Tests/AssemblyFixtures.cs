using SecureRecorder.TestServers;

[assembly: AssemblyFixture(typeof(PostgresServer))]
