"""The verbs of joining: given the user, never the request."""
