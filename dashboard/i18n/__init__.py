"""Every word the dashboard says: a file a language, each a language of its own."""

from dashboard.i18n.translator import Translator, translator

__all__ = ["Translator", "translator"]
