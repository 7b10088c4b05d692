using System.Buffers;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>The line of a message that was looked at last: many names of secrets on one long line must not each cost the whole of it.</summary>
internal sealed class LineMemory(string text)
{
    public static readonly SearchValues<char> Ends = SearchValues.Create("\r\n\v\f\u0085\u2028\u2029");

    private int _start = -1;
    private int _end = -1;
    private int _ordinaryFrom = -1;

    /// <summary>Where the line of this position ends.</summary>
    public int EndOf(int position)
    {
        if (position < _start || position > _end)
        {
            var length = text.AsSpan(position).IndexOfAny(Ends);
            (_start, _end, _ordinaryFrom) = (position, length < 0 ? text.Length : position + length, -1);
        }

        return _end;
    }

    /// <summary>Whether from here to the end of the line there are ordinary words alone.</summary>
    public bool IsOrdinaryFrom(int position)
    {
        var end = EndOf(position);
        if (_ordinaryFrom >= 0 && position >= _ordinaryFrom) { return true; }
        if (!PlainTalk.AreOrdinary(text.AsSpan(position, end - position))) { return false; }

        _ordinaryFrom = position;
        return true;
    }
}
