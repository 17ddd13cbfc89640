using CrmLeadQualifier.Storage.Tests.Compliance;

namespace CrmLeadQualifier.Storage.Tests.Sqlite;

public sealed class SqliteLeadCompliance() : LeadCompliance(new SqliteStore());

public sealed class SqliteRecordCompliance() : RecordCompliance(new SqliteStore());

public sealed class SqliteActivityCompliance() : ActivityCompliance(new SqliteStore());

public sealed class SqliteFeedbackCompliance() : FeedbackCompliance(new SqliteStore());
