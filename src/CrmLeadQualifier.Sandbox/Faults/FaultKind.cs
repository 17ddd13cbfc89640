namespace CrmLeadQualifier.Sandbox.Faults;

internal enum FaultKind
{
    /// <summary>The connection is closed before the call is handled.</summary>
    CutBefore,

    /// <summary>The call is handled, then the connection is closed before the answer.</summary>
    CutAfter,

    /// <summary>A gateway's 502 page instead of JSON; the call is not handled.</summary>
    Html,

    /// <summary>The call is handled; the answer is 200 with some proxy's HTML page.</summary>
    Page,

    /// <summary>The call is handled; the answer is 200 without a body.</summary>
    Empty,

    /// <summary>The call is handled; half of the answer's body arrives.</summary>
    Truncated,

    /// <summary>429 of the policy that the call is under; the call is not handled.</summary>
    TooMany,

    /// <summary>The same, and Retry-After says one second.</summary>
    TooManyRetryAfter,

    /// <summary>429 of the daily policy; the call is not handled.</summary>
    TooManyToday,

    /// <summary>423: somebody else works on it; the call is not handled.</summary>
    Locked,

    /// <summary>477: the account is being moved, Retry-After says one second; the call is not handled.</summary>
    Migrating,

    /// <summary>500 with HubSpot's error body; the call is not handled.</summary>
    ServerError,

    /// <summary>503 with HubSpot's error body; the call is not handled.</summary>
    Unavailable,

    /// <summary>A gateway's 504 page; the call is not handled.</summary>
    GatewayTimeout,

    /// <summary>A gateway's 504 page; a write is carried out thirty seconds later all the same.</summary>
    AppliedLater,

    /// <summary>The answer takes three seconds longer.</summary>
    Slow,

    /// <summary>The call is handled; texts that are whole numbers come as JSON numbers, and JSON numbers as texts.</summary>
    Numbers,

    /// <summary>The call is handled; one property value of the answer is another one, a JSON number.</summary>
    Number,

    /// <summary>A page of two rows although there are more, which its cursor leads to.</summary>
    ShortPage,

    /// <summary>A page of a list without any row, whose cursor leads to the next ones.</summary>
    EmptyPage,

    /// <summary>A search's page has a row that is not in the window asked for.</summary>
    OutsideWindow,

    /// <summary>The OAuth access token has just expired: 401, and a refresh is needed.</summary>
    TokenExpired,

    /// <summary>Every refresh gives another refresh token, and the former one has ended.</summary>
    TokenRotation,

    /// <summary>The client's token is not accepted: 401.</summary>
    Expired,

    /// <summary>Search learns of a change after a lag drawn for each: median a second, one in a hundred 30 s, one in a thousand 20 min.</summary>
    SearchLag,

    /// <summary>A workflow stamps every contact in one millisecond; in Salesforce a job of the org's every Lead and Contact in one second.</summary>
    Ties,

    /// <summary>Every chunk of two hundred rows of a Bulk job takes so many seconds: an org with automation.</summary>
    SlowChunks,

    /// <summary>Chunks of more rows than so many run into the limit of CPU time and fail whole.</summary>
    CpuLimit,

    /// <summary>Contacts of one Account in neighbouring chunks of a Bulk job lock each other out.</summary>
    SiblingLocks,

    /// <summary>An activity may have several people: TaskRelation and EventRelation.</summary>
    SharedActivities,

    /// <summary>Deleted campaign members and contact roles are not even in queryAll.</summary>
    RelationsVanish,

    /// <summary>A query ran too long: QUERY_TIMEOUT.</summary>
    QueryTimeout,

    /// <summary>The rest of a query is no longer known: INVALID_QUERY_LOCATOR.</summary>
    LocatorLost,

    /// <summary>Every third row of a collection is held by another transaction.</summary>
    RowLocks,

    /// <summary>The first Lead of the next collection was converted a moment ago.</summary>
    ConvertedIds,

    /// <summary>Field-level security hides a field from the API user.</summary>
    FieldHidden,

    /// <summary>Field-level security lets the API user read a field only.</summary>
    FieldReadOnly,

    /// <summary>A duplicate rule alerts: saved only by whoever allows it.</summary>
    DuplicateAlert,

    /// <summary>A duplicate rule blocks.</summary>
    DuplicateBlock,

    /// <summary>An admin deactivated a choice.</summary>
    ChoiceDeactivated,

    /// <summary>The edition, or an admin, does not allow the API any more.</summary>
    ApiDisabled,

    /// <summary>An edit in a page saves all its long texts, trimmed and with CRLF.</summary>
    PageEdits,

    /// <summary>An admin deleted a custom field with its values.</summary>
    FieldRemoved,

    /// <summary>An admin made a text hold fewer characters.</summary>
    FieldShortened,

    /// <summary>An admin switched field history off.</summary>
    HistoryUntracked,

    /// <summary>Another transaction holds the first record of the next collection, and does not end.</summary>
    RecordHeld,

    /// <summary>The first record of the next collection waits for an approval.</summary>
    ApprovalLocked,

    /// <summary>The API user may only read the first record of the next collection from now on.</summary>
    AccessLost,

    /// <summary>A trigger breaks on the first record of the next collection, and on whatever is saved together with it.</summary>
    TriggerFails,

    /// <summary>A flow does.</summary>
    FlowFails,

    /// <summary>All sessions end, and the token endpoint gives no other.</summary>
    SignInRefused,

    /// <summary>Jobs wait so many seconds before they begin.</summary>
    SlowQueue,

    /// <summary>The next ingest job stops for good after so many rows.</summary>
    JobStops,

    /// <summary>Webhook events are delivered twice.</summary>
    WebhookDuplicates,

    /// <summary>Webhook events are delivered in another order than they happened.</summary>
    WebhookDisorder,

    /// <summary>The token lacks a scope.</summary>
    MissingScope,

    /// <summary>Event occurrences are refused: no Enterprise hub.</summary>
    EventsForbidden,

    /// <summary>Event occurrences are always empty: no Enterprise hub.</summary>
    EventsEmpty,

    /// <summary>An admin deleted a property.</summary>
    PropertyRemoved,

    /// <summary>An admin deleted an option of a property.</summary>
    OptionRemoved,

    /// <summary>An admin made a property required; enforced on API writes from 2026-09 on.</summary>
    ValidationRule,

    /// <summary>Batch updates resolve merged ids, so that two ids of one contact are a duplicate.</summary>
    DuplicateId,

    /// <summary>The first two contacts of the next batch update were merged a moment ago.</summary>
    MergedIds,

    /// <summary>The first contact of the next batch update was deleted a moment ago.</summary>
    DeletedIds,

    /// <summary>The object type has room for no more than so many custom properties.</summary>
    PropertyLimit,

    /// <summary>Another account answers under the same address and token.</summary>
    AccountSwapped,

    /// <summary>Another program writes a property back whenever the client has changed it.</summary>
    AnotherWriter,

    /// <summary>A user edits the first contact of the next batch update, just before it.</summary>
    PeopleEdit,

    /// <summary>While contacts are listed, one is created, two are merged and one is deleted.</summary>
    ListMoves,

    /// <summary>A tenth of the contacts get their earlier page views only once they submit a form or get their first address.</summary>
    LateViews,

    /// <summary>A company's lifecycle stage moves its contacts forward.</summary>
    CompanyLifecycleSync,
}
