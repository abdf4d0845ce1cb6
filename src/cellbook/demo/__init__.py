"""The tutorial notebook of ``cellbook demo``: its folder, and its execution."""
