"""The import of entries into a directory, from CSV or XLSX: read, checked, then written at once."""
