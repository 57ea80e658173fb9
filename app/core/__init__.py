"""The ground floor: database, access, workflow, audit, outbox, files, forms, money, dates, errors."""
