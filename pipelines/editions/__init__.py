"""Editions: what one refresh published. Storage only; how the numbers were made is not known here."""
