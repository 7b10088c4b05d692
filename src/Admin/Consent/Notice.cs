using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The notice as one person reads it. The page shows exactly <see cref="Text"/>, and the receipt names its digest.</summary>
/// <param name="Sections">A heading and its paragraphs each; the first is the title.</param>
/// <param name="Choices">What it asks for. Where it asks about special categories of data, the person answers by a tick, and <c>false</c> is an answer.</param>
public sealed record Notice(string Id, int Version, string Language, string Controller, IReadOnlyList<NoticeSection> Sections, ConsentChoices Choices)
{
    /// <summary>The canonical text: a heading and its paragraphs on lines of their own, an empty line between sections, LF, no line end at the end.</summary>
    public string Text { get; } = string.Join("\n\n", Sections.Select(section => string.Join('\n', [section.Heading, .. section.Paragraphs])));

    /// <summary>Base64url of the SHA-256 of the text in UTF-8.</summary>
    public string Sha256 => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <param name="participant">Who reads it, by pseudonym: a guardian is told in whose place they decide.</param>
    /// <param name="chat">Whether chat becomes part of the recording.</param>
    /// <param name="technician">Name of the technician, as their account has it.</param>
    /// <param name="terms">How long it is kept, part by part.</param>
    internal static Notice For(PublishedNotice published, string participant, bool chat, string technician, string region, IReadOnlyList<KeepingTerm> terms)
    {
        var language = ParticipantLanguage.OfOrEnglish(published.Language);
        return new(
            published.Id, published.Version, published.Language, published.Words.Controller, Compose(published, participant, chat, language, technician, region, terms),
            new(Video: true, Chat: chat, published.AsksSpecialCategories ? false : null));
    }

    private static IReadOnlyList<NoticeSection> Compose(
        PublishedNotice published, string participant, bool chat, ParticipantLanguage language, string technician, string region, IReadOnlyList<KeepingTerm> terms)
    {
        var (frame, words) = (language.Frame, published.Words);
        IReadOnlyList<NoticeSection> asked = published.AsksSpecialCategories
            ? [new(NoticeLayer.Tick, frame.SpecialCategories, [words.SpecialCategories, frame.WithoutTheTick])]
            : [];
        IReadOnlyList<string> guardian = participant[0] == 'g' ? [frame.GuardianDecides] : published.AsksGuardian ? [frame.GuardianToo] : [];
        return
        [
            new(NoticeLayer.First, frame.Title, [frame.Asks(technician), .. guardian]),
            new(NoticeLayer.First, frame.Who, [words.Controller]),
            new(NoticeLayer.First, frame.What, chat ? [words.What, words.WhatChat] : [words.What]),
            new(NoticeLayer.First, frame.Why, [words.Purpose]),
            new(NoticeLayer.First, frame.Until, Until(terms, language)),
            new(NoticeLayer.First, frame.WhoMayWatch, words.ReadPurposes() is { Count: > 0 } purposes ? [words.WhoMayWatch, frame.OnlyFor(string.Join("; ", purposes))] : [words.WhoMayWatch]),
            new(NoticeLayer.First, frame.Where, [frame.KeptIn(region)]),
            new(NoticeLayer.First, frame.Risks, [words.Risks]),
            new(NoticeLayer.More, frame.Declining, [words.Declining]),
            new(NoticeLayer.More, frame.LegalBasis, [words.LegalBasis]),
            new(NoticeLayer.More, frame.Rights, [words.Rights, frame.Contact(words.Contact), frame.Complain(words.ComplaintAuthority)]),
            .. asked,
        ];
    }

    private static IReadOnlyList<string> Until(IReadOnlyList<KeepingTerm> terms, ParticipantLanguage language) => KeepingTerms.OneDate(terms) is { } date
        ? [language.Frame.KeptUntil(language.Date(date))]
        : [.. KeepingTerms.Lines(terms, language).Select(line => line + "."), language.Words.Keeping.Consent];
}

/// <summary>A heading and its paragraphs, one line each.</summary>
public sealed record NoticeSection(NoticeLayer Layer, string Heading, IReadOnlyList<string> Paragraphs);

/// <summary>Where a section stands on the page. The order of the text is the order of the layers.</summary>
public enum NoticeLayer
{
    /// <summary>Seen without doing anything.</summary>
    First,

    /// <summary>One tap away.</summary>
    More,

    /// <summary>Its first paragraph is what a box of its own, unticked, is for.</summary>
    Tick,
}
