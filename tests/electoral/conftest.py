"""Properties are held to what they say, not to a time: the machine may be busy (bench/core.py holds the speed)."""

from hypothesis import settings

settings.register_profile("electoral", deadline=None)
settings.load_profile("electoral")
