using SecureRecorder.TestServers;

[assembly: AssemblyFixture(typeof(S3Server))]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(PostgresServer))]

// Each story records a display in real time on few cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
