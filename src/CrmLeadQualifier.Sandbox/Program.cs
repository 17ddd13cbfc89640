return await CrmLeadQualifier.Sandbox.CommandLine.SandboxCommand.RunAsync(args);
