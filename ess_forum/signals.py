"""What the forum tells other apps. Each is sent when the transaction has been committed."""

from django.dispatch import Signal

# `thread`; `post` is its first one.
thread_started = Signal()
# `post`: visible now, for the first time; not sent for the first post of a thread.
post_published = Signal()
# `post`.
post_edited = Signal()
# `member`, `since`: a digest is being written. A receiver returns a `letters.Section`, or None.
digest_asked = Signal()
# `post`: hidden or deleted.
post_removed = Signal()
# No arguments: mails are about to be written. A receiver returns a `Q` that the members must meet
# to whom they may go; what the site knows of addresses, such as whether they are confirmed.
reachable_asked = Signal()
