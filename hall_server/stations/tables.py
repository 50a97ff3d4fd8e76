"""Tables of stations: the last report of each device, and its open alerts.

Identity and keys are in access.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from hall_server.database import metadata

device_state = Table(
    "device_state",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("station_id", Text, nullable=False),
    Column("health", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)

device_alert = Table(
    "device_alert",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("alert", Text, primary_key=True),
    Column("station_id", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)
