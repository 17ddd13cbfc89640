namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>What has to be undone if a call that is to be carried out wholly or not at all fails on the way.</summary>
internal sealed class Journal
{
    private List<Action>? _undo;

    public bool Open => _undo is not null;

    public void Note(Action undo) => _undo?.Add(undo);

    /// <summary>Acts, and undoes it all unless the outcome is one to be kept. Inside another such act, that one undoes.</summary>
    public T Together<T>(Func<T> act, Predicate<T> keep)
    {
        if (Open)
            return act();
        _undo = [];
        var kept = false;
        try
        {
            var outcome = act();
            kept = keep(outcome);
            return outcome;
        }
        finally
        {
            var undo = _undo;
            _undo = null;
            for (var i = undo.Count - 1; i >= 0 && !kept; i--)
                undo[i]();
        }
    }

    /// <summary>Tries rows that are not to be saved: those that fail by themselves have their own error, the others this one.</summary>
    public List<SaveResult> Refuse(Func<List<SaveResult>> save, SaveError others)
    {
        var outer = _undo;
        _undo = null;
        try
        {
            return Together(save, _ => false).ConvertAll(row => row.Errors.Count > 0 ? row : SaveResult.Failed(others));
        }
        finally
        {
            _undo = outer;
        }
    }

    /// <summary>Carries out what others did, which stays whatever becomes of the call.</summary>
    public void Beside(Action others)
    {
        var mine = _undo;
        _undo = null;
        others();
        _undo = mine;
    }
}
