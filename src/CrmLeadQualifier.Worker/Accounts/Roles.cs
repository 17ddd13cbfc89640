namespace CrmLeadQualifier.Worker.Accounts;

/// <summary>What an account may do in the console: an admin acts, everybody else looks on. Marketing and sales sign the agreement.</summary>
internal static class Roles
{
    public const string Admin = "admin";
    public const string Marketing = "marketing";
    public const string Sales = "sales";
    public const string Viewer = "viewer";

    public static readonly string[] All = [Admin, Marketing, Sales, Viewer];
}

/// <summary>The names of the authorization policies.</summary>
internal static class Policies
{
    public const string SignedIn = "signed in";

    public const string Admin = "admin";
}
