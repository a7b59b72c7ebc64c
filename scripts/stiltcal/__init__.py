"""Calibration of multilingual models after English intermediate training, under perturbed syntax."""

from .support.moved import install

install()
