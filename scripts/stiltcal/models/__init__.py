"""Encoders and their heads: encoding of items, training, prediction. The only room that imports torch.

Importing torch and transformers makes a million objects that live to the end. Collecting garbage meanwhile, and once
more at exit, takes a third of the start and end of a short job; `freeze` takes them out of the collector's sight.
"""

import gc
import os

os.environ["HF_HUB_OFFLINE"] = "1"
gc.disable()
import torch  # noqa: E402, F401
import transformers.modeling_utils  # noqa: E402, F401

gc.freeze()
gc.enable()
