"""How polls come in: pages and files in the order of their time → normalise → check → link → polls with revisions."""
