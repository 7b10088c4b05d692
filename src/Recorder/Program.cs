using System.CommandLine;
using SecureRecorder.Recorder;

CoreDumps.Refuse();
var terminal = new Terminal(Console.Out, Console.Error, interactive: !Console.IsOutputRedirected);
using var signals = new EndSignals(terminal);
var parsed = new RecorderCommand(terminal, signals, TimeProvider.System).Root.Parse(args);
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : code;
