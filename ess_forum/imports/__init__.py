"""Another forum is brought in: a dump is read as a stream, and written in batches."""
