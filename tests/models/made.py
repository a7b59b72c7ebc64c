"""Made-up items of every kind, for tests of prediction."""

import numpy as np

LENGTHS = {"maximum": 32, "stride": 8}
SOURCE = {"scalings": ["source"], "dev_languages": ["en"]}
NAMES = ["anna", "dog", "cat", "house", "monday"]
LABELS = {"classification": ("no", "yes"), "tagging": ("B-X", "I-X", "O")}


def make(kind: str, number: int) -> list[dict]:
    """Items of a kind, all different, of different lengths."""
    rng = np.random.default_rng(number)

    def text(low=3, high=9):
        return " ".join(rng.choice([*NAMES, "saw", "the", "red"], rng.integers(low, high)))

    made = []
    for i in range(number):
        item = {"id": f"{kind}{i}", "cluster": f"c{i}"}
        if kind == "classification":
            item |= {"text_a": text(), "text_b": text(), "label": ("no", "yes")[i % 2]}
        elif kind == "multiple_choice":
            item |= {"context": text(), "question": "who ?", "choices": [text(), text(), text()], "answer": i % 3}
        elif kind == "tagging":
            tokens = text().split()
            item |= {"tokens": tokens, "tags": ["B-X" if token in NAMES else "O" for token in tokens]}
        elif kind == "qa":
            context = text(5, 50)
            item |= {"context": context, "question": text(), "answers": [context.split()[0]], "answer_starts": [0]}
        made.append(item)
    if kind in ("retrieval", "mining"):
        for i in range(number):
            made[i] |= {
                "side": "foreign",
                "text": text(),
                "pair": f"source{i}" if i % 2 or kind == "retrieval" else None,
            }
            made.append(
                {"id": f"source{i}", "cluster": f"c{i}", "side": "source", "text": text(), "pair": made[i]["id"]}
            )
    return made
