"""The directories: what a visitor asks of a list of actors or practices, and what is shown."""
