"""The sums of domain.md 6 as plain functions: transfers, fixed amount, settlement, profit return, charge, assets."""
