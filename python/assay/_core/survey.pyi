"""
Survey estimation. Import assay.survey instead: the names here may change.
"""
from __future__ import annotations
import assay._core
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['SurveyDesign', 'SurveyTable', 'design']
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
def design(table: typing.Any, arguments: dict[str, typing.Any], threads: typing.SupportsInt | typing.SupportsIndex | None = None) -> SurveyDesign:
    """
    Read a table and its design.
    """
