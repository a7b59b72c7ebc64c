"""Draw figures and write tables, finding and report page from the result tables; compute no metric."""
