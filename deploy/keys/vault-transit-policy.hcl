# All that a SecureRecorder server needs of HashiCorp Vault: the public half of one key, and decrypting with it.
path "transit/keys/NAME" {
  capabilities = ["read"]
}

path "transit/decrypt/NAME" {
  capabilities = ["update"]
}
