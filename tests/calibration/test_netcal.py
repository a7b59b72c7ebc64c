"""Against netcal, where it is installed. `make test` does not bring it, because pip would add eleven packages for it,
TensorBoard, gRPC, GPyTorch and Pyro among them; its metrics need none of these."""

import numpy as np
import pytest

from stiltcal.calibration.estimators import METRICS

metrics = pytest.importorskip("netcal.metrics", reason="not installed: pip install --no-deps netcal==1.4.0")


@pytest.mark.parametrize(
    ("name", "theirs", "bins"), [("ece_width_10", "ECE", 10), ("ece_width_15", "ECE", 15), ("mce_width_15", "MCE", 15)]
)
def test_binned_errors_agree_with_netcal(name, theirs, bins):
    rng = np.random.default_rng(0)
    confidence = rng.beta(3, 1, 4000)
    correct = rng.random(4000) < confidence**1.5
    # Of one confidence a unit netcal takes it that class 1 is predicted, so its labels say what is right, as ours do.
    oracle = getattr(metrics, theirs)(bins).measure(confidence, correct.astype(int))
    assert METRICS[name](confidence, correct) == pytest.approx(oracle, abs=1e-9)
