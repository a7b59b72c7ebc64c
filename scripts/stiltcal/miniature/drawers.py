"""Functions that draw each task of the miniature."""

from collections.abc import Callable
from functools import partial

from . import drafts
from . import translations as bitext
from .drafts import Draft

#: Function that draws one cluster of each task: a `drafts.Drawer`, which takes `facts` too in question answering.
DRAWERS: dict[str, Callable[..., list[Draft]]] = {
    "anli": drafts.adversarial_mix,
    "mnli": partial(drafts.inference, facts=(1, 2)),
    "xnli": partial(drafts.inference, facts=(1, 2)),
    "qqp": drafts.question_pair,
    "pawsx": drafts.paraphrase,
    "squad_v1": drafts.questions,
    "squad_v2": partial(drafts.questions, unanswerable=0.33),
    "xquad": drafts.questions,
    "mlqa": partial(drafts.questions, joined=0.5),
    "tydiqa": partial(drafts.questions, per_paragraph=1),
    "hellaswag": drafts.continuation,
    "cosmosqa": drafts.reading,
    "csqa": drafts.common_sense,
    "ccg": drafts.sentence,
    "udpos": drafts.sentence,
    "panx": drafts.sentence,
}
#: Functions that draw a whole data set of bitext.
BITEXT = {"tatoeba": bitext.retrieval, "bucc": bitext.mining}
TASKS = (*DRAWERS, *BITEXT)
