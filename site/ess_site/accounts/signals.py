"""What the accounts have to say to the rest of the portal."""

from django.dispatch import Signal

# Somebody who was invited has an account. Sent with `invitation` and `user`, in the transaction.
invitation_accepted = Signal()
