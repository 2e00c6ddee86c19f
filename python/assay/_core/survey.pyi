"""
Survey estimation. Import assay.survey instead: the names here may change.
"""
from __future__ import annotations
import assay._core
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['SurveyDesign', 'SurveyTable', 'calibrate', 'design', 'joint', 'margin_of_table', 'post_stratify', 'pps', 'rake', 'replicates', 'trim', 'two_phase']
class SurveyTable(assay._core.Table):
    """
    The table of a survey's answers.
    """
    def covariance(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        The matrix of all rows' covariances; NaN where a row has no variance.
        """
class SurveyDesign:
    """
    A table with its sampling design.
    """
    def difference(self, y: collections.abc.Sequence[str], indicators: collections.abc.Sequence[tuple[str, str | None]], between: str, pair: tuple[str, str] | None, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyTable:
        """
        Differences between domains.
        """
    def estimate(self, statistic: str, y: collections.abc.Sequence[str], x: collections.abc.Sequence[str], arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyTable:
        """
        Means, totals, ratios or variances by domain.
        """
    def proportion(self, y: collections.abc.Sequence[tuple[str, str | None]], arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyTable:
        """
        Shares by domain.
        """
    def quantile(self, y: collections.abc.Sequence[str], q: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], rule: str, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyTable:
        """
        Quantiles by domain.
        """
    def weights(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        What each row stands for.
        """
    @property
    def degrees_of_freedom(self) -> int:
        """
        Units of the first stage minus strata.
        """
    @property
    def finite(self) -> bool:
        """
        True where the size of a stratum is known.
        """
    @property
    def rows(self) -> int:
        """
        Rows.
        """
    @property
    def stages(self) -> list[typing.Any]:
        """
        By stage, how many groups were drawn from, and how many units.
        """
    @property
    def weighted(self) -> bool:
        """
        True where weights, probabilities or populations are known.
        """
    @property
    def words(self) -> str:
        """
        The design in words.
        """
def calibrate(design: SurveyDesign, size: typing.SupportsFloat | typing.SupportsIndex | None, numbers: collections.abc.Sequence[tuple[str, typing.SupportsFloat | typing.SupportsIndex]], margins: collections.abc.Sequence[tuple[collections.abc.Sequence[str], collections.abc.Sequence[collections.abc.Sequence[str]], collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]]], method: str, bounds: tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex] | None, threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyDesign:
    """
    The nearest weights that meet known totals.
    """
def design(table: typing.Any, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyDesign:
    """
    Read a table and its design.
    """
def joint(design: SurveyDesign, matrix: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], estimator: str) -> SurveyDesign:
    """
    Variances from joint inclusion probabilities.
    """
def margin_of_table(table: typing.Any, threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> tuple[list[str], list[list[str]], list[float]]:
    """
    Columns, levels and totals of a table of totals.
    """
def post_stratify(design: SurveyDesign, margin: tuple[collections.abc.Sequence[str], collections.abc.Sequence[collections.abc.Sequence[str]], collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyDesign:
    """
    Weights that meet the total of each cell.
    """
def pps(design: SurveyDesign, chances: str, estimator: str, squares: typing.SupportsFloat | typing.SupportsIndex | None) -> SurveyDesign:
    """
    Variances of unequal probabilities without replacement.
    """
def rake(design: SurveyDesign, margins: collections.abc.Sequence[tuple[collections.abc.Sequence[str], collections.abc.Sequence[collections.abc.Sequence[str]], collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]]], by_weight: bool, threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyDesign:
    """
    Weights that meet several margins.
    """
def replicates(design: SurveyDesign, method: str, count: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, fay: typing.SupportsFloat | typing.SupportsIndex, pair_up: bool, mse: bool, threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyDesign:
    """
    Variances from replicate weights.
    """
def trim(design: SurveyDesign, lower: typing.SupportsFloat | typing.SupportsIndex, upper: typing.SupportsFloat | typing.SupportsIndex, strict: bool) -> SurveyDesign:
    """
    Weights within limits, with the same sum.
    """
def two_phase(design: SurveyDesign, screened: str, population: typing.SupportsFloat | typing.SupportsIndex | None) -> SurveyDesign:
    """
    A second phase drawn within strata of the first.
    """
