"""Encode items, train encoders with heads, and predict. The only package of the library that imports torch.

Importing torch and transformers makes a million objects that live until the process ends. Collecting garbage during the
import and at exit takes a third of the start and end of a short job, so `gc.freeze` excludes these objects.
"""

import gc
import os

os.environ["HF_HUB_OFFLINE"] = "1"
gc.disable()
import torch  # noqa: E402, F401
import transformers.modeling_utils  # noqa: E402, F401

gc.freeze()
gc.enable()
