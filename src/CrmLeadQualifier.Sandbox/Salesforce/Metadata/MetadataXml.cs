using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>Metadata as an org writes it.</summary>
internal static class MetadataXml
{
    public static readonly XNamespace Namespace = "http://soap.sforce.com/2006/04/metadata";

    public static XElement Layout() => new(Namespace + "Layout", new XElement(Namespace + "layoutSections", new XElement(Namespace + "customLabel", false),
        new XElement(Namespace + "detailHeading", false), new XElement(Namespace + "editHeading", true), new XElement(Namespace + "label", "Information"),
        new XElement(Namespace + "style", "TwoColumnsTopToBottom")));

    public static XElement RecordType(string name, string label, bool active) => new(Namespace + "recordTypes", new XElement(Namespace + "fullName", name),
        new XElement(Namespace + "active", active), new XElement(Namespace + "label", label));

    /// <summary>A field as it was deployed, with the choices that it has by now: deactivated ones too.</summary>
    public static XElement Field(XElement deployed, SObjectField field)
    {
        var copy = new XElement(Namespace + "fields", deployed.Elements().Select(Named));
        if (copy.Element(Namespace + "valueSet")?.Element(Namespace + "valueSetDefinition") is not { } definition)
            return copy;
        definition.Elements(Namespace + "value").Remove();
        definition.Add(field.Values.Select(value => new XElement(Namespace + "value", new XElement(Namespace + "fullName", value.Value),
            new XElement(Namespace + "default", value.Default), value.Active ? null : new XElement(Namespace + "isActive", false),
            new XElement(Namespace + "label", value.Label))));
        return copy;
    }

    /// <summary>The element in the metadata's namespace, whatever its own was.</summary>
    public static XElement Named(XElement given) => new(Namespace + given.Name.LocalName, given.HasElements ? given.Elements().Select(Named) : given.Value);
}
