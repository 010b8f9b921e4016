"""What predictions are worth: metrics with intervals, baselines, and paired comparison.

A score without its uncertainty and without what chance alone would reach is not evidence; every report here
carries both.
"""

from workshop_utils.evaluation.comparison import baselines, compare, compare_regression, shifts
from workshop_utils.evaluation.scoring import (
    ClassificationReport,
    Comparison,
    RegressionComparison,
    RegressionReport,
    best_threshold,
    evaluate,
    evaluate_regression,
    wilson,
)

__all__ = [
    "ClassificationReport",
    "Comparison",
    "RegressionComparison",
    "RegressionReport",
    "baselines",
    "best_threshold",
    "compare",
    "compare_regression",
    "evaluate",
    "evaluate_regression",
    "shifts",
    "wilson",
]
