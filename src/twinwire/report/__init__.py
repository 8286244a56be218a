"""What leaves the house: table cells that no spreadsheet runs, pages without active content. Reads no store."""
