"""Figures, tables and the finding: they read the tables of results, and compute no metric."""
