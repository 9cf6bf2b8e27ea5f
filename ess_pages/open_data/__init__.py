"""Open data: what the directories hold, in files for other programs and for spreadsheets."""
