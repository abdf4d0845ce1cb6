"""Running a run again: its slice, the environment it needs, and how the results compare.

Its modules are imported by name: what a kernel needs to record a slice starts no other kernel.
"""
