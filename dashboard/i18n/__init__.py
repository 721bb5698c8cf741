"""Every word the dashboard says, in every language, from one catalogue."""

from dashboard.i18n.translator import Translator, translator

__all__ = ["Translator", "translator"]
