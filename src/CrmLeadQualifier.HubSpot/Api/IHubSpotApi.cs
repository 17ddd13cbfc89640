using Refit;

namespace CrmLeadQualifier.HubSpot.Api;

/// <summary>CRM objects of any type; <c>path</c> is <see cref="HubSpotPaths.Objects"/>.</summary>
internal interface IHubSpotObjects
{
    /// <param name="properties">Names split by commas.</param>
    /// <param name="archived"><c>true</c>: only what was deleted, for as long as it can be restored (90 days).</param>
    [Get("/{**path}")]
    Task<ApiResponse<ObjectPage>> ListAsync(string path, int limit, string? after, string? properties, string? associations, string? archived, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<HubSpotObject>> GetAsync(string path, string properties, CancellationToken cancellation);

    [Post("/{**path}/search")]
    Task<ApiResponse<ObjectPage>> SearchAsync(string path, [Body] SearchRequest request, CancellationToken cancellation);

    [Post("/{**path}/batch/read")]
    Task<ApiResponse<ObjectPage>> BatchReadAsync(string path, [Body] BatchReadRequest request, CancellationToken cancellation);

    /// <summary>Those in the recycle bin only.</summary>
    [Post("/{**path}/batch/read?archived=true")]
    Task<ApiResponse<ObjectPage>> BatchReadDeletedAsync(string path, [Body] BatchReadRequest request, CancellationToken cancellation);

    [Post("/{**path}/batch/update")]
    Task<ApiResponse<ObjectPage>> BatchUpdateAsync(string path, [Body] BatchUpdateRequest request, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<HubSpotObject>> CreateAsync(string path, [Body] NewObject request, CancellationToken cancellation);

    [Patch("/{**path}")]
    Task<ApiResponse<HubSpotObject>> UpdateAsync(string path, [Body] ObjectUpdate request, CancellationToken cancellation);
}

internal interface IHubSpotAssociations
{
    [Post("/{**path}")]
    Task<ApiResponse<AssociationPage>> BatchReadAsync(string path, [Body] AssociationReadRequest request, CancellationToken cancellation);
}

/// <summary>Descriptions of an object type's properties; <c>path</c> is <see cref="HubSpotPaths.Properties"/>.</summary>
internal interface IHubSpotProperties
{
    [Get("/{**path}")]
    Task<ApiResponse<PropertyPage>> ListAsync(string path, CancellationToken cancellation);

    [Get("/{**path}/groups/{name}")]
    Task<ApiResponse<PropertyGroup>> GetGroupAsync(string path, string name, CancellationToken cancellation);

    [Post("/{**path}/groups")]
    Task<ApiResponse<PropertyGroup>> CreateGroupAsync(string path, [Body] PropertyGroup group, CancellationToken cancellation);

    [Patch("/{**path}/groups/{name}")]
    Task<ApiResponse<PropertyGroup>> UpdateGroupAsync(string path, string name, [Body] PropertyGroup group, CancellationToken cancellation);

    [Post("/{**path}/batch/create")]
    Task<ApiResponse<PropertyPage>> BatchCreateAsync(string path, [Body] PropertyBatch request, CancellationToken cancellation);

    [Delete("/{**path}")]
    Task<ApiResponse<string>> DeleteAsync(string path, CancellationToken cancellation);

    [Patch("/{**path}/{name}")]
    Task<ApiResponse<PropertyDescription>> UpdateAsync(string path, string name, [Body] PropertyDescription property, CancellationToken cancellation);
}

internal interface IHubSpotAccount
{
    [Get("/{**path}")]
    Task<ApiResponse<AccountDetails>> GetDetailsAsync(string path, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<OwnerPage>> ListOwnersAsync(string path, int limit, string? after, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<PipelinePage>> ListPipelinesAsync(string path, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<PropertyLimits>> GetPropertyLimitsAsync(string path, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<TokenDescription>> DescribeTokenAsync(string path, [Body] TokenQuestion question, CancellationToken cancellation);
}

internal interface IHubSpotLists
{
    [Post("/{**path}/search")]
    Task<ApiResponse<ListPage>> SearchAsync(string path, [Body] ListSearch search, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<ListAnswer>> CreateAsync(string path, [Body] NewList list, CancellationToken cancellation);

    [Delete("/{**path}")]
    Task<ApiResponse<string>> DeleteAsync(string path, CancellationToken cancellation);

    /// <param name="listName">The new name.</param>
    [Put("/{**path}/update-list-name")]
    Task<ApiResponse<ListAnswer>> RenameAsync(string path, string listName, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<MembershipPage>> ListMembersAsync(string path, int limit, string? after, CancellationToken cancellation);
}

internal interface IHubSpotSignals
{
    /// <param name="occurredAfter">ISO 8601.</param>
    [Get("/{**path}")]
    Task<ApiResponse<EventPage>> ListEventsAsync(
        string path, string eventType, string? occurredAfter, string? occurredBefore, int limit, string? after, CancellationToken cancellation);

    /// <summary>Of one object.</summary>
    [Get("/{**path}")]
    Task<ApiResponse<EventPage>> ListEventsOfAsync(
        string path, string eventType, string objectType, string objectId, string occurredAfter, int limit, string? after, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<FormPage>> ListFormsAsync(string path, int limit, string? after, CancellationToken cancellation);

    /// <summary>Newest first; at most 50 a page.</summary>
    [Get("/{**path}")]
    Task<ApiResponse<SubmissionPage>> ListSubmissionsAsync(string path, int limit, string? after, CancellationToken cancellation);

    /// <param name="startTimestamp">Milliseconds since 1970.</param>
    [Get("/{**path}")]
    Task<ApiResponse<EmailEventPage>> ListEmailEventsAsync(
        string path, long? startTimestamp, long? endTimestamp, int limit, string? offset, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<EmailCampaign>> GetCampaignAsync(string path, CancellationToken cancellation);
}
