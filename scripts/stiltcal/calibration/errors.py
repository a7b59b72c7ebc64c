"""Labels of the estimators that are errors. Imports nothing, because the Snakefile imports this module."""

#: Estimators of which lower is better; the report accepts no others as the error.
ERRORS = {
    "ece_width_10": "ECE (10 equal-width bins)",
    "ece_width_15": "ECE (15 equal-width bins)",
    "ece_mass_15": "ECE (15 equal-mass bins)",
    "ece_debiased_l1": "debiased ECE (L1)",
    "ece_debiased_l2": "debiased ECE (L2)",
    "rmsce_width_15": "RMSCE (15 equal-width bins)",
    "mce_width_15": "MCE (15 equal-width bins)",
    "smece": "smooth ECE",
    "brier": "Brier score",
    "nll": "negative log-likelihood",
}
#: Metrics without a valid interval, and the reason.
NO_INTERVAL = {
    "mce_width_15": "the largest of several noisy gaps: which bin has it differs between resamples, "
    "and no bootstrap interval of it is valid"
}
