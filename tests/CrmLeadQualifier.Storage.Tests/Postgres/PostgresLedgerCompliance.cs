using CrmLeadQualifier.Storage.Tests.Compliance;

namespace CrmLeadQualifier.Storage.Tests.Postgres;

public sealed class PostgresLeadCompliance() : LeadCompliance(new PostgresStore());

public sealed class PostgresRecordCompliance() : RecordCompliance(new PostgresStore());

public sealed class PostgresActivityCompliance() : ActivityCompliance(new PostgresStore());

public sealed class PostgresFeedbackCompliance() : FeedbackCompliance(new PostgresStore());

public sealed class PostgresTransactionCompliance() : TransactionCompliance(new PostgresStore());

public sealed class PostgresLeaseCompliance() : LeaseCompliance(new PostgresStore());

public sealed class PostgresSchemaCompliance() : SchemaCompliance(new PostgresStore());

public sealed class PostgresConnectionCompliance() : ConnectionCompliance(new PostgresStore());

public sealed class PostgresDefinitionCompliance() : DefinitionCompliance(new PostgresStore());

public sealed class PostgresWriteCompliance() : WriteCompliance(new PostgresStore());

public sealed class PostgresJobCompliance() : JobCompliance(new PostgresStore());

public sealed class PostgresAccountCompliance() : AccountCompliance(new PostgresStore());

public sealed class PostgresAlertCompliance() : AlertCompliance(new PostgresStore());

public sealed class PostgresHandOverCompliance() : HandOverCompliance(new PostgresStore());

public sealed class PostgresBudgetCompliance() : BudgetCompliance(new PostgresStore());

public sealed class PostgresLateReadCompliance() : LateReadCompliance(new PostgresStore());

public sealed class PostgresCountedSpanCompliance() : CountedSpanCompliance(new PostgresStore());

public sealed class PostgresErasureCompliance() : ErasureCompliance(new PostgresStore());

public sealed class PostgresShadowCompliance() : ShadowCompliance(new PostgresStore());
