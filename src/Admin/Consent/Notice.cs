using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The notice as one person reads it. The page shows exactly <see cref="Text"/>, and the receipt names its digest.</summary>
/// <param name="Sections">A heading and its paragraphs each; the first is the title.</param>
public sealed record Notice(string Id, int Version, string Language, string Controller, IReadOnlyList<NoticeSection> Sections)
{
    /// <summary>The canonical text: a heading and its paragraphs on lines of their own, an empty line between sections, LF, no line end at the end.</summary>
    public string Text { get; } = string.Join("\n\n", Sections.Select(section => string.Join('\n', [section.Heading, .. section.Paragraphs])));

    /// <summary>Base64url of the SHA-256 of the text in UTF-8.</summary>
    public string Sha256 => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <param name="choices">What it asks for.</param>
    /// <param name="technician">Name of the technician, as their account has it.</param>
    /// <param name="keepUntil">A moment of the last day (UTC).</param>
    internal static Notice For(NoticeOptions words, ConsentChoices choices, string technician, string region, DateTimeOffset keepUntil) => new(words.Id, words.Version, words.Language, words.Controller,
    [
        new("May this support session be recorded?", [$"{technician} asks you. Nothing is recorded before you allow it."]),
        new("Who records", [$"{words.Controller}. Your technician is {technician}."]),
        new("What is recorded", choices.Chat ? [words.What, words.WhatChat] : [words.What]),
        new("Take care", [words.Risks]),
        new("Why", [words.Purpose]),
        new("Legal basis", [words.LegalBasis]),
        new("Who may watch it", [words.WhoMayWatch]),
        new("Where it is kept", [$"Encrypted, in storage of {words.Controller} in the region {region}."]),
        new("Until when", [$"Until {keepUntil.UtcDateTime:d MMMM yyyy}. Then it is deleted."]),
        new("If you decline", [words.Declining]),
        new("Your rights", [words.Rights, $"Contact: {words.Contact}", $"You can complain to: {words.ComplaintAuthority}"]),
    ]);
}

/// <summary>A heading and its paragraphs, one line each.</summary>
public sealed record NoticeSection(string Heading, IReadOnlyList<string> Paragraphs);
