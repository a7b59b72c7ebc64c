"""Name the columns of the history of a training (docs/data_formats.md)."""

#: Which training it is: the intermediate, the train set of a target (empty: the intermediate phase itself), the seed.
TRAINING = ("intermediate", "train_set", "seed")
#: What was measured after a number of updates.
COURSE = ("step", "loss", "masked_lm_loss", "dev_loss", "dev_accuracy", "kept")
HISTORY = (*TRAINING, *COURSE)
