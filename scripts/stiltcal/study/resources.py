"""Declare memory, time, threads and GPUs of jobs with torch, from the sizes of the encoder, the tasks and the study."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from ..formats.encoders import BYTES_IN_MEMORY, LONGEST_ANSWER, NUMBERS_AT_ONCE
from ..tasks.kinds import KINDS
from .encoder_size import EncoderSize, encoder_size
from .plain_resources import ITEM, PARSED, SLOWER, SNAKEMAKE, OfWildcards, PlainResources, of

#: Python with torch and its libraries.
TORCH = 650
#: Memory of a process that uses a GPU, before its model. Assumed, not measured.
CUDA = 3000
#: Copies of the parameters in single precision. A training has weights, gradients, two moments, and the best weights;
#: on a GPU only the best weights are in the memory of the host and, while a checkpoint is written, weights and moments.
TRAINED_COPIES, HOST_COPIES, LOADED_COPIES = 5, 4, 2
#: Share that is added to what is computed from sizes.
MARGIN = 1.15
#: Bytes of a token of a row.
TOKEN = 10
#: Choices of an item in multiple choice: the most that a task has.
CHOICES = 5
#: Bytes of the text of a language for masked language modelling, with its tokens, and share of tokens that are scored.
TEXT, MASKED = 60e6, 0.15
#: Bytes of a row of predictions while the rows of a cell are made, without confidences and for each of them (1,023 and
#: 166 were measured), and in its table (79 and 8).
ROW, CONFIDENCE, TABLED, NUMBER = 1100, 170, 80, 8
#: Directions in which the error of a scaling shifts confidences, where they are more than one.
DIRECTIONS = {"platt": 2, "vector": 6}
#: Rows of a tagged sentence, its words and entities: more than any task has on average.
TAGGED = 32
#: Bytes of a possible answer of a dev item while a temperature is fitted (`calibration.scaling`).
SPAN = 8
#: Floating point operations a second: of one thread (26e9 were measured), and of a GPU (assumed).
THREAD_SPEED, GPU_SPEED = 2e10, 2e13
#: Examples of an update, where the configuration does not say (`models.training.Hyperparameters`).
BATCH = 32


class JobResources(PlainResources):
    """Declarations of all stages (`PlainResources`), with those of jobs that use torch."""

    @cached_property
    def encoder(self) -> EncoderSize:
        """Size of the encoder."""
        return encoder_size(self.parameters)

    def _rows(self, task: str) -> int:
        """Return the rows of an item."""
        return CHOICES if KINDS[self.study.kind(task)].head == "choices" else 1

    def torch(self, stage: str, memory: float, minutes: OfWildcards) -> dict[str, Any]:
        """Declare a job with torch and a model of a known size."""
        base = SNAKEMAKE + (CUDA if self.gpus else TORCH)
        return self._declared(
            stage, lambda *_: base + memory, lambda wildcards, _: of(minutes, wildcards), uses_gpu=True
        )

    def parse(self, split: str) -> dict[str, Any]:
        """Declare the job that parses the items of the wildcard `target`, by their number."""
        minutes = SLOWER * PARSED / 60
        return self.torch("trees", 3000, lambda wildcards: minutes * self.items(wildcards.target, split))

    def trim(self) -> dict[str, Any]:
        """Declare the job that trims the encoder: beside it, it holds an items file with its tokens."""
        tokens = {task: TOKEN * self.parameters.lengths(task)["maximum"] for task in self.study.data_tasks}
        sizes = {(task, split): self.items(task, split) for task in tokens for split in ("train", "test")}
        largest = max(number * self._rows(task) * (ITEM + tokens[task]) for (task, _), number in sizes.items())
        weights = 4 * LOADED_COPIES * self.encoder.parameters
        return self.plain("encoder", TORCH + MARGIN * (weights + largest) / 1e6, sum(sizes.values()) / 10_000)

    def train(self, phase: str, names: Callable[[Any], list[str]]) -> dict[str, Any]:
        """Declare a training. names: maps wildcards to the intermediate phase or the train sets of the job."""
        memory, minutes = cache(self._training_memory), cache(self._training_minutes)
        return self._declared(
            "train",
            lambda wildcards, _: max(memory(phase, name) for name in names(wildcards)),
            lambda wildcards, _: sum(minutes(phase, name) for name in names(wildcards)),
            uses_gpu=True,
        )

    def _training_memory(self, phase: str, name: str) -> float:
        tasks, settings = self.parameters.variants.trained_on(phase, name), self.parameters.hyperparameters(phase, name)
        copies = HOST_COPIES if self.gpus else TRAINED_COPIES
        batch = int(settings.get("batch_size") or BATCH)
        examples = {task: self._examples_at_once(task, settings.get("micro_batch"), batch) for task in tasks}
        activations = (
            0 if self.gpus else max(self._activations(task, examples[task], settings.get("dropout")) for task in tasks)
        )
        data = sum(
            self._trained_items(phase, name, task)
            * self._rows(task)
            * (ITEM + TOKEN * self.parameters.lengths(task)["maximum"])
            for task in tasks
        )
        if phase == "intermediate" and self.study.phase(name).has_mlm:
            data += round(TEXT) * len(self.parameters.variants.text_languages)
            length = max(self.parameters.lengths(task)["maximum"] for task in tasks)
            activations += 0 if self.gpus else 12 * max(examples.values()) * length * MASKED * self.encoder.vocabulary
        base = SNAKEMAKE + (CUDA if self.gpus else TORCH)
        return base + MARGIN * (4 * copies * self.encoder.parameters + activations + data) / 1e6

    def _examples_at_once(self, task: str, micro_batch: int | None, batch: int) -> float:
        """Return the examples of a training that a CPU computes at once (`models.batching.micro_batches`)."""
        if micro_batch:
            return min(micro_batch, batch)
        longest = self._rows(task) * self.parameters.lengths(task)["maximum"] * self.encoder.hidden
        return min(max(1.0, NUMBERS_AT_ONCE / longest), batch)

    def _trained_items(self, phase: str, name: str, task: str) -> int:
        """Return the training items of a task in all languages that a training has them in."""
        return self.items(task, "train") * self.parameters.variants.trained_languages(phase, name, task)

    def _activations(self, task: str, examples: float, dropout: float | None) -> float:
        """Return the bytes that a training on a CPU keeps for its gradients."""
        length = self.parameters.lengths(task)["maximum"]
        return 4 * examples * self._rows(task) * length * self.encoder.kept_numbers(length, dropout)

    def _training_minutes(self, phase: str, name: str) -> float:
        settings = self.parameters.hyperparameters(phase, name)
        tokens = {
            task: self._trained_items(phase, name, task) * self._rows(task) * self.parameters.lengths(task)["maximum"]
            for task in self.parameters.variants.trained_on(phase, name)
        }
        examples = sum(self._trained_items(phase, name, task) for task in tokens)
        steps, batch = settings.get("max_steps") or float("inf"), settings.get("batch_size") or BATCH
        seen = min(settings.get("epochs") or float("inf"), steps * batch / examples)
        if phase == "intermediate" and self.study.phase(name).has_mlm:
            seen = seen / (1 - self.study.config["mlm"]["share"])
        return 2 * self._minutes("train", 6 * self.encoder.body * seen * sum(tokens.values()))

    def _minutes(self, stage: str, operations: float) -> float:
        return operations / (GPU_SPEED if self.gpus else THREAD_SPEED * self.threads(stage)) / 60

    def predict(self, targets: Callable[[Any], list[str]]) -> dict[str, Any]:
        """Declare predictions. targets: maps wildcards to the targets of the job."""
        memory, minutes = cache(self._prediction_memory), cache(self._prediction_minutes)
        return self._declared(
            "predict",
            lambda wildcards, _: max(memory(target) for target in targets(wildcards)),
            lambda wildcards, _: sum(minutes(target) for target in targets(wildcards)),
            uses_gpu=True,
        )

    def _texts(self, target: str) -> int:
        """Return the items of one language under all perturbations: a job predicts a language at a time."""
        return self.items(target, "test") * len(self.study.applicable(target)) * self._sides(target)

    def _sides(self, target: str) -> int:
        return 2 if KINDS[self.study.kind(target)].is_bitext else 1

    def _prediction_memory(self, target: str) -> float:
        texts, length = self._texts(target), self.parameters.lengths(target)["maximum"]
        vectors = 4 * self.encoder.hidden * texts if KINDS[self.study.kind(target)].is_bitext else 0
        base = SNAKEMAKE + (CUDA if self.gpus else TORCH)
        weights = 4 * LOADED_COPIES * self.encoder.parameters
        # Outputs of dev items stay beside those of a language.
        inputs = texts * self._rows(target) * (ITEM + TOKEN * length) + 2 * min(vectors, BYTES_IN_MEMORY)
        held = inputs + max(self._answers(target), self._fitted_spans(target))
        return base + MARGIN * (weights + held) / 1e6

    def _answers(self, target: str) -> float:
        """Return the bytes of the rows of the largest cell, and of the tables of a language."""
        kind, scalings = self.study.kind(target), self.study.scalings(target)
        rows = min(TAGGED, self.parameters.lengths(target)["maximum"]) if KINDS[kind].head == "tokens" else 1
        test, dev = (rows * self.items(target, split) for split in ("test", "dev"))
        least = 2 if kind == "mining" else 1
        columns = 1 + sum(1 + DIRECTIONS.get(name, least) for name in scalings)
        made = (ROW + CONFIDENCE * columns) * max(test, dev)
        return made + (TABLED + NUMBER * columns) * test * len(self.study.applicable(target))

    def _fitted_spans(self, target: str) -> float:
        """Return the bytes of the scores of all spans of the dev items on which a temperature is fitted."""
        if KINDS[self.study.kind(target)].head != "spans" or not self.study.scalings(target):
            return 0
        dev = self.all_items if "mixed" in self.study.scalings(target) else self.items
        return SPAN * LONGEST_ANSWER * self.parameters.lengths(target)["maximum"] * dev(target, "dev")

    def _prediction_minutes(self, target: str) -> float:
        texts = self.all_items(target, "test") * len(self.study.applicable(target)) * self._sides(target)
        tokens = texts * self._rows(target) * self.parameters.lengths(target)["maximum"]
        return 2 * self._minutes("predict", 2 * self.encoder.body * tokens)
