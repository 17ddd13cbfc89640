namespace CrmLeadQualifier.Core.Scoring;

/// <summary>Reads a stream line by line as bytes; a byte-order mark at the start is skipped. Memory is bounded by the longest line allowed.</summary>
internal sealed class Utf8LineReader(Stream input, int longest)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The number of the present line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The present line without its line feed, until the next one is read; empty where it is too long.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    public bool IsTooLong { get; private set; }

    public bool MoveNext()
    {
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            var lineFeed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (lineFeed >= 0)
            {
                return Take(searched + lineFeed, 1);
            }

            searched = _end - _start;
            if (searched > longest)
            {
                // The rest of the line is read and forgotten.
                IsTooLong = true;
                _start = _end;
                searched = 0;
            }

            if (_ended)
            {
                return (searched > 0 || IsTooLong) && Take(searched, 0);
            }

            Fill();
        }
    }

    private bool Take(int length, int lineFeed)
    {
        Number++;
        var line = _buffer.AsMemory(_start, length);
        IsTooLong |= length > longest;
        Current = IsTooLong ? default : Number == 1 && line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line;
        _start += length + lineFeed;
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, longest + 64L * 1024));
        }

        var read = input.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
    }
}
