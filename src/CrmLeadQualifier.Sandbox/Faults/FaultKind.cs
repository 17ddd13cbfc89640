namespace CrmLeadQualifier.Sandbox.Faults;

internal enum FaultKind
{
    /// <summary>The connection is closed before the call is handled.</summary>
    CutBefore,

    /// <summary>The call is handled, then the connection is closed before the answer.</summary>
    CutAfter,

    /// <summary>A gateway's 502 page instead of JSON; the call is not handled.</summary>
    Html,

    /// <summary>The call is handled; the answer is 200 without a body.</summary>
    Empty,

    /// <summary>The call is handled; half of the answer's body arrives.</summary>
    Truncated,

    /// <summary>429 of the ten-second policy; the call is not handled.</summary>
    TooMany,

    /// <summary>500 with HubSpot's error body; the call is not handled.</summary>
    ServerError,

    /// <summary>The answer takes three seconds longer.</summary>
    Slow,

    /// <summary>The call is handled; one property value of the answer is a JSON number instead of a string.</summary>
    Number,

    /// <summary>The client's token has ended: 401.</summary>
    Expired,
}
