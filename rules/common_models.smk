"""Define what the rules of trainings and predictions share: the models that they start from, and answer with. No rules."""


def encoder_after(wildcards):
    """The encoder that a target starts from: the intermediate model, or without one the encoder itself."""
    if wildcards.intermediate == "none":
        return f"<results>/models/{parameters.variants.first_encoder('none')}"
    return "<results>/models/intermediate/{intermediate}/seed{seed}"


def translated_items(task):
    """The translations of the training items of a task."""
    return items(task, "translated", parameters.variants.translated_languages(task))


def training_items(intermediate):
    """For each task that the last phase of an intermediate trains on, the items files of its training set."""
    translated = study.phase(intermediate).is_translated
    return [
        [source_items(task, "train"), *(translated_items(task) if translated else [])]
        for task in study.trained_on(intermediate)
    ]


def masked_lm_text():
    """The text for masked language modelling, in the order of `parameters.variants.text_languages`."""
    return expand("<results>/data/masked_lm/{language}.parquet", language=parameters.variants.text_languages)


def encoder_before(wildcards):
    """The encoder that an intermediate phase starts from: the model of the phases before it, or the encoder itself."""
    before = study.trained_after(wildcards.intermediate)
    if before == "none":
        return f"<results>/models/{parameters.variants.first_encoder(wildcards.intermediate)}"
    return f"<results>/models/intermediate/{before}/seed{{seed}}"


def target_model(train_set):
    """The model that answers targets: fine-tuned on their train set, or for retrieval and mining the encoder itself."""
    if train_set == "encoder":
        return encoder_after
    return f"<results>/models/target/{{intermediate}}/{train_set}/seed{{seed}}"


#: The losses of the training of an intermediate phase.
PHASE_HISTORY = "<results>/training/intermediate/{intermediate}/seed{seed}.csv"


def target_history(train_set):
    """The losses of the trainings on the train set of a target."""
    return f"<results>/training/target/{{intermediate}}/{train_set}/seed{{seed}}.csv"


# The miniature trains and predicts for all targets in one job; elsewhere jobs have a train set or target as wildcard.
TRAINED = "all" if study.is_miniature else "{train_set}"
TRAIN_SETS = study.trained_together.get("all", ["{train_set}"])
PREDICTED = "all" if study.is_miniature else "{target}"
ANSWERED = study.answered_together.get("all", ["{target}"])


def trained_sets(wildcards):
    """The train sets of a training job."""
    return study.trained_together[wildcards.get("train_set", "all")]


def answered(wildcards):
    """The targets of a prediction job."""
    return study.answered_together[wildcards.get("target", "all")]


# What a prediction job must know of a target.
prediction_parameters = cache(parameters.prediction)


def answering_sets(wildcards):
    """The train sets of the models that a prediction job uses, each once."""
    return list(dict.fromkeys(study.train_set(target) or "encoder" for target in answered(wildcards)))


def answering_models(wildcards):
    """The models that a prediction job uses, in the order of `answering_sets`."""
    models = [target_model(train_set) for train_set in answering_sets(wildcards)]
    return [model(wildcards) if callable(model) else model for model in models]


def answered_by(wildcards):
    """Of each target of a prediction job, which of its models answers it."""
    sets = answering_sets(wildcards)
    return [sets.index(study.train_set(target) or "encoder") for target in answered(wildcards)]


def model_folder(path, phase):
    """A model folder as an output, which is removed once no job needs it if `keep_models` says so."""
    return directory(path) if needs.keeps(phase) else temp(directory(path))
