using System.Security.Cryptography;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.AspNetCore.Identity;

namespace CrmLeadQualifier.Worker.Accounts;

/// <summary>Passwords: salted and hashed by ASP.NET Identity, drawn by the system's random source.</summary>
internal static class Passwords
{
    public const int ShortestLength = 12;

    // Without letters and digits that are mistaken for each other: it is copied from a terminal once.
    private const string Signs = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>20 of 56 signs: 116 bits.</summary>
    private const int DrawnLength = 20;

    private static readonly PasswordHasher<AccountRow> Hasher = new();
    private static readonly AccountRow Nobody = new("", Roles.Viewer, "", "", true, default);
    private static readonly string NobodysHash = Hasher.HashPassword(Nobody, Draw());

    public static string Draw() => RandomNumberGenerator.GetString(Signs, DrawnLength);

    public static string DrawStamp() => RandomNumberGenerator.GetHexString(32);

    /// <summary>The account with another password; sessions made before end.</summary>
    public static AccountRow Set(AccountRow account, string password) =>
        account with { PasswordHash = Hasher.HashPassword(account, password), Stamp = DrawStamp() };

    /// <summary>Takes as long for an account that is not there as for one that is.</summary>
    public static bool Fits(AccountRow? account, string password)
    {
        var fits = Hasher.VerifyHashedPassword(account ?? Nobody, account?.PasswordHash ?? NobodysHash, password) != PasswordVerificationResult.Failed;
        return fits && account is { IsDisabled: false };
    }
}
