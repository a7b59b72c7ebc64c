"""Recognise negations in any treebank, and words that reverse entailment as negations do (`few`, `hardly`)."""

_WORDS = {
    "en": "not n't no never neither nor nobody nothing none nowhere without hardly scarcely barely rarely seldom few "
    "little",
    "de": "nicht kein nie niemals niemand nichts nirgends nirgendwo ohne weder kaum selten wenig",
    "es": "no nunca jamás nadie nada ningún ninguno sin tampoco apenas poco",
    "hi": "नहीं नही न ना मत",
    "ja": "ない ません ず ぬ",
    "tr": "değil",
    "zh": "不 没 没有 非 未 勿 別 别 無 无",
    "ar": "لا لم لن ليس ما",
}
#: One set for all languages, because no word of one list is a common word of another kind in another language.
_NEGATIONS = frozenset(word for words in _WORDS.values() for word in words.split())
#: Features of UD version 2, of version 1 (`Negative`), and of words like `nobody`.
_FEATURES = frozenset({"Polarity=Neg", "Negative=Neg", "PronType=Neg"})


def is_negation(form: str, lemma: str, deprel: str, feats: str) -> bool:
    """Tell whether a word is a negation by its features, relation (`neg` in UD version 1), lemma or form."""
    if "neg" in deprel.split(":") or not _FEATURES.isdisjoint(feats.split("|")):
        return True
    return lemma.lower() in _NEGATIONS or form.lower() in _NEGATIONS
