using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Accounts;

/// <summary>
/// Who types a command that somebody answers for, such as a signature. A process that ends with its command cannot count attempts, so the ledger does: after five wrong passwords in
/// a row the next attempt waits, longer each time.
/// </summary>
internal static class Authentication
{
    /// <summary>Instead of the prompt, where nobody is there to type.</summary>
    public const string PasswordVariable = "CLQ_PASSWORD";

    private const int FreeAttempts = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>The account, once its password was given and its role is the one asked for.</summary>
    /// <exception cref="UsageException">It is not; one answer for an unknown account, a disabled one and a wrong password.</exception>
    public static async Task<AccountRow> RequireAsync(CommandContext context, string name, string role)
    {
        // By the real clock: --at moves the program's.
        var now = Instant.Now(TimeProvider.System);
        var account = await context.ReadAsync(ledger => ledger.Accounts.FindAsync(name));
        if (account is not null && WaitOf(account) is { } until && until > now)
        {
            throw new UsageException($"Too many wrong passwords for {name}: try again in {Math.Ceiling((until - now).TotalSeconds)} s.");
        }

        var fits = Passwords.Fits(account, await ReadPasswordAsync(context, $"Password of {name}: "));
        if (account is not null && (account.FailedSignIns > 0 || !fits))
        {
            await context.WriteAsync(async ledger =>
            {
                // As it stands now: another attempt may have been counted meanwhile.
                var present = await ledger.Accounts.FindAsync(name) ?? account;
                await ledger.Accounts.SaveAsync(fits ? present with { FailedSignIns = 0, SignInFailedAt = null } : present with { FailedSignIns = present.FailedSignIns + 1, SignInFailedAt = now });
                return present;
            });
        }

        if (!fits)
        {
            throw new UsageException($"There is no account '{name}', it is disabled, or that is not its password. `account list` shows the accounts; `account add NAME --role {role}` adds one.");
        }

        return account!.Role == role ? account : throw new UsageException($"{name} is an account of role {account.Role}: it cannot sign for {role}.");
    }

    /// <summary>From the environment, else asked for and not shown.</summary>
    public static async Task<string> ReadPasswordAsync(CommandContext context, string question) =>
        Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password ? password
        : context.Terminal.CanAsk ? await context.Terminal.AskSecretAsync(question, context.Cancellation)
        : throw new UsageException($"A password is needed: set {PasswordVariable}, or type the command on a terminal, which asks for it.");

    private static Instant? WaitOf(AccountRow account) => account is { FailedSignIns: >= FreeAttempts, SignInFailedAt: { } failedAt }
        ? failedAt + TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(20, account.FailedSignIns - FreeAttempts)))
        : null;
}
