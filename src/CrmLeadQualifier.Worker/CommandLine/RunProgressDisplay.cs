using CrmLeadQualifier.Sync.Runs;
using Spectre.Console;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>Long work: a bar for each stage on a terminal, a line every few seconds elsewhere.</summary>
internal static class RunProgressDisplay
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    public static Task<T> ShowAsync<T>(Terminal terminal, Func<IProgress<RunProgress>, Task<T>> work) => terminal.IsErrorATerminal
        ? terminal.ErrorConsole.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn())
            .StartAsync(bars => work(new Bars(bars)))
        : work(new Lines(terminal));

    private static string Name(RunProgress progress) => progress.Connection is null ? progress.Stage : $"{progress.Connection}: {progress.Stage}";

    private sealed class Bars(ProgressContext context) : IProgress<RunProgress>
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(RunProgress value)
        {
            lock (_lock)
            {
                var name = Name(value);
                if (!_tasks.TryGetValue(name, out var task))
                {
                    _tasks[name] = task = context.AddTask(Markup.Escape(name), maxValue: 1);
                }

                task.IsIndeterminate = value.Total is null;
                task.MaxValue = Math.Max(1, value.Total ?? value.Done + 1);
                task.Value = value.Done;
                task.Description = Markup.Escape(value.Total is { } total ? $"{name} {value.Done}/{total}" : $"{name} {value.Done}");
            }
        }
    }

    private sealed class Lines(Terminal terminal) : IProgress<RunProgress>
    {
        private readonly Lock _lock = new();
        private long _lastLine = TimeProvider.System.GetTimestamp();

        public void Report(RunProgress value)
        {
            lock (_lock)
            {
                if (TimeProvider.System.GetElapsedTime(_lastLine) < BetweenLines)
                {
                    return;
                }

                _lastLine = TimeProvider.System.GetTimestamp();
                terminal.Say(value.Total is { } total ? $"{Name(value)} {value.Done}/{total}" : $"{Name(value)} {value.Done}");
            }
        }
    }
}
