"""Renderings of blocks: total functions from a block to bytes; no number is computed here, no page imported."""
