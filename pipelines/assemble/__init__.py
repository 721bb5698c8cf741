"""Finished numbers → the values of an edition, put together once; a module a file of the edition."""
