"""Tables as files: comma-separated and as a spreadsheet, from the same cells."""

from dashboard.exports.cells import Cell, Sheet
from dashboard.exports.files import FORMATS, Format

__all__ = ["FORMATS", "Cell", "Format", "Sheet"]
