using CrmLeadQualifier.Storage.Tests.Compliance;

namespace CrmLeadQualifier.Storage.Tests.Sqlite;

public sealed class SqliteLeadCompliance() : LeadCompliance(new SqliteStore());
