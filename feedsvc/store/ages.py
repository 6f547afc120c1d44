"""How old feeds are. Nothing here writes."""

from datetime import datetime

from sqlalchemy import Connection, and_, select

from feedsvc.store.tables import feeds, generations


def changed_at(connection: Connection, key: str) -> datetime | None:
    """When the generation that stands of a feed was published; None for a feed that there is not."""
    stands = and_(generations.c.key == feeds.c.key, generations.c.generation == feeds.c.generation)
    wanted = select(generations.c.published_at).join(feeds, stands).where(generations.c.key == key)
    return connection.execute(wanted).scalar_one_or_none()
