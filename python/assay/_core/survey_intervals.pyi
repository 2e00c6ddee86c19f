"""
Intervals for shares from complex samples.
"""
from __future__ import annotations
import assay._core.interval
import collections.abc
import typing
__all__: list[str] = ['designed', 'stratified_exact']
def designed(share: typing.SupportsFloat | typing.SupportsIndex, standard_error: typing.SupportsFloat | typing.SupportsIndex, n: typing.SupportsFloat | typing.SupportsIndex, effective: typing.SupportsFloat | typing.SupportsIndex, degrees_of_freedom: typing.SupportsFloat | typing.SupportsIndex, method: str, confidence: typing.SupportsFloat | typing.SupportsIndex, plug_in: bool) -> assay._core.interval.Interval:
    """
    The interval of a share from a complex sample.
    """
def stratified_exact(events: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], trials: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], weights: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], populations: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], confidence: typing.SupportsFloat | typing.SupportsIndex) -> assay._core.interval.Interval:
    """
    Limits that hold at every configuration of the strata.
    """
