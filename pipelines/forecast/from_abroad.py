"""What elections abroad say of the polling error: constants, since the polls and results they come from do not ship.

Newest poll of each house within 30 days against the result, on z, of Sweden 2002-2022, Denmark 2011-2019 and Norway
2013-2017: s² = start² + days·daily², with no trend in a list's size (power +.05, 90 % interval -.03 to +.13).
"""

VERSION = "nordic-11-v1"  # eleven elections; named in the manifest of every edition
START_SCALE, DAILY_SCALE = 0.037, 0.0095
SIZE_POWER = 0.0
