"""A finished run becomes documents, one file each."""
