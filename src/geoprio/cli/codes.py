"""How a command ends: the codes that a script may go by, told in every help."""

FINE = 0
WANTING = 1
"""Something was checked, and it lacks something or differs."""
MEND = 2
"""Something that the user can mend: a file, a setting, or the command line."""
OWN_FAULT = 70
"""A fault of geoprio's own, told with its traceback; Python's 1 would mean `WANTING`."""
STOPPED = 130
"""Ctrl-C, by the shells' custom."""
