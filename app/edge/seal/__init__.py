"""The seal of the log at the edge: key files, heads kept beside the database, passes, verification, export, proofs."""
