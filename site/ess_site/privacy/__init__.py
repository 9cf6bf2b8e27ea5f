"""A person's rights: what they consent to, what is known of them, for how long, and how it ends."""
