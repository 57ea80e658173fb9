"""What the portfolio may be asked, as data: filters, columns, facts, and the reading of an address."""
