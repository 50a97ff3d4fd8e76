"""The migrated tables are the stated ones, on both databases; newer data are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import hall_server.app  # noqa: F401 - names every part, and so every table
from hall_server.database import metadata
from hall_server.migrations.alembic_road import upgrade
from hall_server.migrations.migrate import NewerDatabaseError, known_versions, migrate
from hall_server.queueing.tables import print_job


def engine_at(url: str) -> sqlalchemy.Engine:
    """An engine without the writer's settings."""
    return sqlalchemy.create_engine(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sqlalchemy.Engine:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return engine_at(f"sqlite:///{tmp_path / 'hall.db'}")
    return engine_at(request.getfixturevalue("postgres_url"))


def test_a_migrated_database_has_exactly_the_stated_tables(engine: sqlalchemy.Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_partial_unique_indexes_are_in_the_database(engine: sqlalchemy.Engine) -> None:
    migrate(engine)
    found = {
        index["name"]
        for table in ("leg", "service_day", "ticket", "window_state")
        for index in sqlalchemy.inspect(engine).get_indexes(table)
        if index["unique"]
    }
    assert {"leg_at_window", "service_day_open", "window_staff"} <= found
    engine.dispose()


def test_migrating_again_changes_nothing(engine: sqlalchemy.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        reached = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version"))
        assert reached.scalar_one() == known_versions()[-1]
        connection.execute(sqlalchemy.text("INSERT INTO facts_version VALUES (1, 7, 'seven')"))
    migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT version FROM facts_version"))
        assert [row.version for row in rows] == [7]
    engine.dispose()


def test_papers_queued_in_the_first_release_are_for_nobody_to_fetch(
    engine: sqlalchemy.Engine,
) -> None:
    with engine.begin() as connection:
        upgrade(connection, "0001")
        connection.execute(
            sqlalchemy.text("INSERT INTO print_job VALUES (1, 1, 'kiosk-1', 1, 'queued', 7, 0, '')")
        )
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(print_job.c.expires_at)).scalars().all() == [0]
    engine.dispose()


def test_data_of_a_newer_release_are_refused(engine: sqlalchemy.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError):
        migrate(engine)
    engine.dispose()
