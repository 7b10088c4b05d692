using System.Text.Json.Serialization;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A row whose words lie in the catalogue sealed: in clear they are in memory only. Whoever opens the catalogue brings what seals and opens them.</summary>
public interface ISealedRow
{
    /// <summary>Which row this is: words that were sealed for one row open for no other.</summary>
    string SealedFor { get; }

    /// <summary>The words as they are stored.</summary>
    byte[] Sealed { get; set; }

    /// <summary>The words in clear, JSON in UTF-8.</summary>
    byte[] WordsToSeal();

    /// <param name="words">What <see cref="WordsToSeal"/> gave.</param>
    void TakeOpened(ReadOnlySpan<byte> words);
}

/// <summary>How words look before they are sealed.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NoticeWords))]
[JsonSerializable(typeof(RequestWords))]
[JsonSerializable(typeof(BreachWords))]
[JsonSerializable(typeof(HoldWords))]
internal sealed partial class SealedWordsJson : JsonSerializerContext;
