"""The verbs of the domain: one transaction each, permission checked, event recorded."""
