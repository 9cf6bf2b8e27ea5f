"""The JSON API: what members do on the pages, for programs, by the same policy and actions.

A site gives it its address outside the languages, with `include("ess_forum.api.urls")`.
"""
