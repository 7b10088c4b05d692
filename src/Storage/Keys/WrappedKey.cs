namespace SecureRecorder.Storage.Keys;

/// <summary>What is checked of a wrapped data key before its KEK is asked.</summary>
internal static class WrappedKey
{
    /// <returns>The wrapped key: as many bytes as the KEK's modulus.</returns>
    /// <exception cref="KeyUnwrapException">Another algorithm, another KEK's, or not the length that a wrapped key has.</exception>
    public static byte[] BytesFor(IKeyWrapper kek, KeyFile wrapped)
    {
        if (wrapped.Alg != KeyFile.Algorithm) { throw new KeyUnwrapException($"The data key is wrapped with '{wrapped.Alg}'; only {KeyFile.Algorithm} is known."); }
        if (!kek.Opens(wrapped.Kid)) { throw new KeyUnwrapException($"The data key is wrapped for the KEK '{wrapped.Kid}'; the KEK at hand is '{kek.Id}'."); }

        try
        {
            var bytes = StrictBase64Url.Decode(wrapped.EncryptedKey);
            return KekPublicKey.KeySizes.Contains(bytes.Length * 8) ? bytes : throw new FormatException($"it has {bytes.Length} bytes, not {string.Join(" or ", KekPublicKey.KeySizes.Select(bits => bits / 8))}");
        }
        catch (FormatException malformed)
        {
            throw Altered(kek, wrapped, malformed);
        }
    }

    public static KeyUnwrapException Altered(IKeyWrapper kek, KeyFile wrapped, Exception? why) =>
        new($"The wrapped data key of track '{wrapped.Track}' of session {wrapped.Session} was altered: the KEK '{kek.Id}' does not unwrap it{(why is null ? "" : $" ({why.Message})")}.", why!);
}
