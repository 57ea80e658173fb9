"""Questions as data, small cells, bundles with their script, what a report holds, datasets: nothing here knows a database."""
