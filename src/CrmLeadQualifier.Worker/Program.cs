using CrmLeadQualifier.Worker.CommandLine;

return await CommandRunner.RunAsync(args);
