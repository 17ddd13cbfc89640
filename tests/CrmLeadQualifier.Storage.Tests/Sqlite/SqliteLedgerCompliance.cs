using CrmLeadQualifier.Storage.Tests.Compliance;

namespace CrmLeadQualifier.Storage.Tests.Sqlite;

public sealed class SqliteLeadCompliance() : LeadCompliance(new SqliteStore());

public sealed class SqliteRecordCompliance() : RecordCompliance(new SqliteStore());

public sealed class SqliteActivityCompliance() : ActivityCompliance(new SqliteStore());

public sealed class SqliteFeedbackCompliance() : FeedbackCompliance(new SqliteStore());

public sealed class SqliteTransactionCompliance() : TransactionCompliance(new SqliteStore());

public sealed class SqliteLeaseCompliance() : LeaseCompliance(new SqliteStore());

public sealed class SqliteSchemaCompliance() : SchemaCompliance(new SqliteStore());

public sealed class SqliteConnectionCompliance() : ConnectionCompliance(new SqliteStore());

public sealed class SqliteDefinitionCompliance() : DefinitionCompliance(new SqliteStore());

public sealed class SqliteWriteCompliance() : WriteCompliance(new SqliteStore());

public sealed class SqliteJobCompliance() : JobCompliance(new SqliteStore());

public sealed class SqliteAccountCompliance() : AccountCompliance(new SqliteStore());

public sealed class SqliteAlertCompliance() : AlertCompliance(new SqliteStore());

public sealed class SqliteHandOverCompliance() : HandOverCompliance(new SqliteStore());

public sealed class SqliteBudgetCompliance() : BudgetCompliance(new SqliteStore());

public sealed class SqliteLateReadCompliance() : LateReadCompliance(new SqliteStore());

public sealed class SqliteCountedSpanCompliance() : CountedSpanCompliance(new SqliteStore());

public sealed class SqliteErasureCompliance() : ErasureCompliance(new SqliteStore());

public sealed class SqliteShadowCompliance() : ShadowCompliance(new SqliteStore());
