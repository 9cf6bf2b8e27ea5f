"""What both plugins stand on, and neither owns: no application, no text to translate.

The words and differences of French and Arabic, records that are kept as they were made, how often
one person may do something, and what becomes of a form.
"""
