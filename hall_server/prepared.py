"""Statements of the hot path: written with SQLAlchemy, compiled once, run as plain text.

Building, caching and wrapping a statement costs SQLAlchemy several times what SQLite needs to run
it. Here a clause is compiled once for each dialect and then handed to the driver's own cursor, in
the writer's transaction. It stays one portable clause; only its every-day overhead goes. Values are
the columns' plain ones (whole numbers, text, bytes); ``IN`` over a list needs the ordinary way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter, methodcaller
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

Values = Mapping[str, object]
ROWS_A_TURN = 200
"""Of a long look: made and read in one to two milliseconds, for which a hall may wait."""


_ALL, _FIRST, _COUNT = methodcaller("fetchall"), methodcaller("fetchone"), attrgetter("rowcount")


class _Compiled(NamedTuple):
    text: str
    pick: Callable[[Values], Any]
    """Makes of all values what the driver takes: themselves by name, or a row of them."""
    given: Mapping[str, object]
    """Values that the clause itself carries."""
    arrange: Callable[[Sequence[object]], Any]
    """Makes of a row in the order of ``columns`` what the driver takes."""


class Prepared:
    """One clause, ready to run."""

    def __init__(self, clause: ClauseElement, columns: Sequence[str] = ()) -> None:
        """``columns`` names what an INSERT gets."""
        self._clause = clause
        self._columns = list(columns) or None
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = self._run(connection, values, _ALL)
        return found

    def turns(self, connection: Connection, **values: object) -> Iterator[list[tuple[Any, ...]]]:
        """All rows of a long query, by so many that others are served in between.

        For looks alone, whose transaction is of one moment: the writer may not give way.
        """
        compiled = self._for(connection.dialect)
        cursor = _cursor(connection)
        try:
            cursor.execute(compiled.text, _bound(compiled, values))
            while rows := cursor.fetchmany(ROWS_A_TURN):
                yield rows
                time.sleep(0)
        except _error_of(connection.dialect) as error:
            raise _wrapped(compiled.text, error, connection.dialect) from error
        finally:
            cursor.close()

    def row(self, connection: Connection, **values: object) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        found: tuple[Any, ...] | None = self._run(connection, values, _FIRST)
        return found

    def value(self, connection: Connection, **values: object) -> Any:  # noqa: ANN401 - a column's
        """The first column of the first row, or None."""
        row = self._run(connection, values, _FIRST)
        return None if row is None else row[0]

    def run(self, connection: Connection, **values: object) -> int:
        """Carry out an INSERT, UPDATE or DELETE; how many rows it touched."""
        return int(self._run(connection, values, _COUNT))

    def add(self, connection: Connection, row: Sequence[object]) -> None:
        """Carry out an INSERT of one row, its values in the order of ``columns``."""
        compiled = self._for(connection.dialect)
        _execute(connection, compiled.text, compiled.arrange(row), _COUNT)

    def run_many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Carry it out once for each of ``rows``."""
        dialect = connection.dialect
        compiled = self._for(dialect)
        bound = [_bound(compiled, row) for row in rows]
        cursor = _cursor(connection)
        try:
            dialect.do_executemany(cursor, compiled.text, bound)
        except _error_of(dialect) as error:
            raise _wrapped(compiled.text, error, dialect) from error
        finally:
            cursor.close()

    def _run(self, connection: Connection, values: Values, take: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - what ``take`` takes of the driver's cursor
        compiled = self._for(connection.dialect)
        return _execute(connection, compiled.text, _bound(compiled, values), take)

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            made = self._clause.compile(dialect=dialect, column_keys=self._columns)
            binds: dict[str, Any] = getattr(made, "binds", {})
            names = tuple(getattr(made, "positiontup", None) or ())
            known = _Compiled(
                str(made),
                _picking(names),
                {name: bind.value for name, bind in binds.items() if not bind.required},
                _arranging(tuple(self._columns or ()), names),
            )
            self._compiled[dialect.name] = known
        return known


def _execute(connection: Connection, words: str, bound: object, take: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - what ``take`` takes of the driver's cursor
    cursor = _cursor(connection)
    try:
        cursor.execute(words, bound)
        return take(cursor)
    except _error_of(connection.dialect) as error:
        raise _wrapped(words, error, connection.dialect) from error
    finally:
        cursor.close()


def _cursor(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own
    return connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]  # while open


def _bound(compiled: _Compiled, values: Values) -> Any:  # noqa: ANN401 - what the driver takes
    return compiled.pick({**compiled.given, **values} if compiled.given else values)


def _picking(names: tuple[str, ...]) -> Callable[[Values], Any]:
    """Positional parameters in this order; no names where the driver goes by name."""
    if not names:
        return dict
    if len(names) == 1:
        only = names[0]
        return lambda values: (values[only],)
    return itemgetter(*names)


def _arranging(
    columns: tuple[str, ...], names: tuple[str, ...]
) -> Callable[[Sequence[object]], Any]:
    """A row by name where the driver goes by name; as it is where it stands in the same order."""
    if columns == names:
        return tuple
    return lambda row: _picking(names)(dict(zip(columns, row, strict=True)))


def _error_of(dialect: Dialect) -> type[Exception]:
    error: type[Exception] = dialect.dbapi.Error  # type: ignore[union-attr]  # a connected dialect has one
    return error


def _wrapped(text: str, error: Exception, dialect: Dialect) -> BaseException:
    """The driver's error as SQLAlchemy would have raised it."""
    return DBAPIError.instance(
        text,
        None,
        error,
        _error_of(dialect),
        connection_invalidated=dialect.is_disconnect(error, None, None),  # type: ignore[arg-type]  # the driver's Error
        dialect=dialect,
    )
