using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>What CRM users call the standard attributes, within a sentence; an agreement's own attribute is called by its name.</summary>
public static class AttributeTexts
{
    private static readonly Dictionary<string, LocalizedText> Labels = new()
    {
        ["email"] = new("email", "e-mail"),
        ["first_name"] = new("first name", "prénom"),
        ["last_name"] = new("last name", "nom"),
        ["phone"] = new("phone", "téléphone"),
        ["job_title"] = new("job title", "fonction"),
        ["department"] = new("department", "service"),
        ["seniority"] = new("seniority", "niveau hiérarchique"),
        ["company"] = new("company", "entreprise"),
        ["company_domain"] = new("company domain", "domaine de l’entreprise"),
        ["website"] = new("website", "site web"),
        ["industry"] = new("industry", "secteur d’activité"),
        ["country"] = new("country", "pays"),
        ["region"] = new("region", "région"),
        ["city"] = new("city", "ville"),
        ["postal_code"] = new("postal code", "code postal"),
        ["language"] = new("language", "langue"),
        ["source"] = new("source", "source"),
        ["source_detail"] = new("source detail", "détail de la source"),
        ["lead_status"] = new("lead status", "statut du lead"),
        ["owner_email"] = new("owner", "propriétaire"),
        ["timeframe"] = new("timeframe", "échéance du projet"),
        ["budget"] = new("budget", "budget"),
        ["need"] = new("need", "besoin"),
        ["employees"] = new("number of employees", "effectif"),
        ["annual_revenue"] = new("annual revenue", "chiffre d’affaires"),
        ["opted_out"] = new("mailing opt-out", "désinscription des e-mails"),
        ["is_customer"] = new("customer or not", "client ou non"),
        ["has_open_deal"] = new("open deal or not", "affaire en cours ou non"),
        ["created_at"] = new("creation date", "date de création"),
        ["interests"] = new("interests", "centres d’intérêt"),
        ["email_domain"] = new("email domain", "domaine de l’e-mail"),
    };

    /// <summary>Within a sentence, without an article.</summary>
    public static string Label(string attribute, Language language) =>
        Labels.TryGetValue(attribute, out var label) ? label.In(language) : attribute.Replace('_', ' ');
}
