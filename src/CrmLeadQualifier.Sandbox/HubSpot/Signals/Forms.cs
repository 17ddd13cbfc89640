using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Signals;

/// <summary>A submission knows its sender by the address that was typed in, not by a contact's id.</summary>
internal sealed record Submission(string Id, long At, string Email, string Url);

internal sealed class Form(string id, string name, long createdAt)
{
    public string Id => id;

    public string Name => name;

    public long CreatedAt => createdAt;

    public List<Submission> Submissions { get; } = [];

    public bool Sorted { get; set; } = true;
}

internal sealed class Forms
{
    private const int MostForms = 500;
    private const int MostSubmissions = 50;

    private readonly List<Form> _all = [];
    private readonly Dictionary<string, Form> _byName = new(StringComparer.Ordinal);
    private long _submissions;

    /// <summary>The form of that name, made if it is not there; its id follows from the name.</summary>
    public Form Named(string name, long createdAt)
    {
        if (_byName.TryGetValue(name, out var form))
            return form;
        form = new Form(GuidOf(name), name, createdAt);
        _byName[name] = form;
        _all.Add(form);
        return form;
    }

    /// <summary>Adds forms that nobody has filled in, as years of campaigns leave them.</summary>
    public void FillUpTo(int count, long createdAt)
    {
        for (var number = 1; _all.Count < count; number++)
            Named($"Campaign form {number}", createdAt);
    }

    public Submission Submit(Form form, long at, string email, string url)
    {
        _submissions++;
        var submission = new Submission(GuidOf($"{form.Id}/{_submissions}"), at, email, url);
        form.Sorted &= form.Submissions.Count == 0 || form.Submissions[^1].At <= at;
        form.Submissions.Add(submission);
        return submission;
    }

    public void Forget(string email)
    {
        foreach (var form in _all)
            form.Submissions.RemoveAll(submission => string.Equals(submission.Email, email, StringComparison.OrdinalIgnoreCase));
    }

    public Answer List(HubSpotCall call)
    {
        var limit = call.QueryLimit(20, MostForms);
        var offset = OpaqueCursor.ReadOffset(call);
        var page = _all.Skip(offset).Take(limit).ToList();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var form in page)
                Write(json, form);
            json.WriteEndArray();
            if (offset + page.Count < _all.Count)
                Paging.Write(json, OpaqueCursor.Write((offset + page.Count).ToString(CultureInfo.InvariantCulture)), call);
        }) with { RowsRead = page.Count };
    }

    /// <summary>Newest first, without a filter by time. A submission to come is not told.</summary>
    public Answer SubmissionsOf(HubSpotCall call)
    {
        var form = _all.Find(known => known.Id == call.Route("guid")) ?? throw HubSpotRefusal.NotFound($"No form found with guid {call.Route("guid")}");
        var limit = call.QueryLimit(20, MostSubmissions);
        var offset = OpaqueCursor.ReadOffset(call);
        if (!form.Sorted)
            form.Submissions.Sort((a, b) => a.At.CompareTo(b.At));
        form.Sorted = true;
        var told = form.Submissions.Count;
        while (told > 0 && form.Submissions[told - 1].At > call.Now)
            told--;
        var page = new List<Submission>();
        for (var i = told - 1 - offset; i >= 0 && page.Count < limit; i--)
            page.Add(form.Submissions[i]);
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var submission in page)
            {
                json.WriteStartObject();
                json.WriteString("conversionId", submission.Id);
                json.WriteNumber("submittedAt", submission.At);
                json.WriteStartArray("values");
                json.WriteStartObject();
                json.WriteString("name", "email");
                json.WriteString("value", submission.Email);
                json.WriteString("objectTypeId", "0-1");
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteString("pageUrl", submission.Url);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (offset + page.Count < told)
                Paging.Write(json, OpaqueCursor.Write((offset + page.Count).ToString(CultureInfo.InvariantCulture)), call);
        }) with { RowsRead = page.Count };
    }

    private static string GuidOf(string text) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)).ToString();

    private static void Write(Utf8JsonWriter json, Form form)
    {
        json.WriteStartObject();
        json.WriteString("id", form.Id);
        json.WriteString("name", form.Name);
        json.WriteString("createdAt", Instant.Iso(form.CreatedAt));
        json.WriteString("updatedAt", Instant.Iso(form.CreatedAt));
        json.WriteBoolean("archived", false);
        json.WriteStartArray("fieldGroups");
        json.WriteStartObject();
        json.WriteString("groupType", "default_group");
        json.WriteString("richTextType", "text");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WritePropertyName("configuration");
        json.WriteRawValue("""
            {"language":"en","cloneable":true,"postSubmitAction":{"type":"thank_you","value":""},"editable":true,"archivable":true,"recaptchaEnabled":false,
             "notifyContactOwner":false,"notifyRecipients":["2506672"],"createNewContactForNewEmail":false,"prePopulateKnownValues":true,"allowLinkToResetKnownValues":false,"embedType":"V3"}
            """);
        json.WritePropertyName("displayOptions");
        json.WriteRawValue("""
            {"renderRawHtml":false,"theme":"default_style","submitButtonText":"Submit","style":{"fontFamily":"arial, helvetica, sans-serif","backgroundWidth":"100%",
             "labelTextColor":"#33475b","labelTextSize":"11px","helpTextColor":"#7C98B6","helpTextSize":"11px","legalConsentTextColor":"#33475b","legalConsentTextSize":"14px",
             "submitColor":"#ff7a59","submitAlignment":"left","submitFontColor":"#ffffff","submitSize":"12px"},"cssClass":null}
            """);
        json.WriteStartObject("legalConsentOptions");
        json.WriteString("type", "none");
        json.WriteEndObject();
        json.WriteString("formType", "hubspot");
        json.WriteEndObject();
    }
}
