"""A log that is sealed into a Merkle tree: hashes, proofs, signed heads, bundles; knows no database."""
