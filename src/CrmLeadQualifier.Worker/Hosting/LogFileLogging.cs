namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>Warnings and errors of ASP.NET Core and Hangfire go to the program's own log, which keeps personal data out.</summary>
internal sealed class LogFileLogging(LogFile log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(log, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(LogFile log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(name, formatter(state, exception));
                if (exception is not null and not OperationCanceledException)
                {
                    log.WriteException(name, exception);
                }
            }
        }
    }
}
