"""Hand `python -m stiltcal.calibration` over to the command, which stands above this room because it also draws.

The room is named, not imported: docs/architecture.md says why.
"""

import runpy

if __name__ == "__main__":
    runpy.run_module("stiltcal.measure", run_name="__main__")
