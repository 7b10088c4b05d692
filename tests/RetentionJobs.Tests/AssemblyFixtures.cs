using SecureRecorder.TestServers;

[assembly: AssemblyFixture(typeof(S3Server))]
