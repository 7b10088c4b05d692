# Making, reading and destroying keys of a Transit engine of its own, and decrypting with them.
path "transit/keys/*" {
  capabilities = ["create", "read", "update", "delete"]
}

path "transit/decrypt/*" {
  capabilities = ["update"]
}
