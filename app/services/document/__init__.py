"""The register of source documents: registering, correcting, finding."""
