"""The desk's own sheet, as an Excel workbook."""
