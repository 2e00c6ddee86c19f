"""The books there are, as classes: `Queues` with its record `Queue`, `Findings` with `Finding`, and so on.

Made from the tables of the compiled library; books.pyi says the same to type checkers and editors.
"""

from assay.registry._book import made
from assay.registry._commands import books

BOOKS = {name: made(name) for name in books()}
globals().update({kind.__name__: kind for kind in BOOKS.values()})
globals().update({kind._record.__name__: kind._record for kind in BOOKS.values()})

__all__ = ["BOOKS", *(kind.__name__ for kind in BOOKS.values()), *(k._record.__name__ for k in BOOKS.values())]
