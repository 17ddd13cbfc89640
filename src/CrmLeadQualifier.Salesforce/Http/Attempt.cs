using System.Text.Json;
using Refit;

namespace CrmLeadQualifier.Salesforce.Http;

/// <summary>One request and what came of it. Refit keeps what was thrown in the response; what escapes it is put there too, so that there is one way.</summary>
internal static class Attempt
{
    public static async Task<ApiResponse<T>> SendAsync<T>(Func<CancellationToken, Task<ApiResponse<T>>> send, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await send(cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            var request = new HttpRequestMessage();
            return new ApiResponse<T>(request, null, null, new RefitSettings(), new ApiRequestException(request, request.Method, new RefitSettings(), fault));
        }
    }

    public static FailedAnswer Explain<T>(ApiResponse<T> response)
        where T : class
    {
        if (!response.IsReceived)
        {
            var fault = response.Error?.InnerException;
            var kind = (fault as HttpRequestException)?.HttpRequestError;
            return new FailedAnswer(0, null)
            {
                NotSent = kind is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError,
                Fault = fault is OperationCanceledException ? "no answer in time" : kind?.ToString() ?? fault?.GetType().Name ?? "no answer",
            };
        }

        var body = (response.Error as ApiException)?.Content;
        return new FailedAnswer((int)response.StatusCode!.Value, body)
        {
            Fault = response.Error?.InnerException switch
            {
                JsonException when (body ?? "").AsSpan().TrimStart() is ['<', ..] => "HTML instead of JSON",
                JsonException => "empty, cut off or not of the expected shape",
                null => "empty",
                var other => other.GetType().Name,
            },
        };
    }
}
