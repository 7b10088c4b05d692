using SecureRecorder.TestServers;

[assembly: AssemblyFixture(typeof(S3Server))]
[assembly: AssemblyFixture(typeof(Chromium))]

// Each story records a display in real time on few cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
