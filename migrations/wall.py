"""The wall of a new table, as an operation that a migration calls: `op.wall_in("api_key")` after `op.create_table`.

Migrations up to 0031 say the same in their own words, and stay as they ran.
"""

from alembic.operations import MigrateOperation, Operations

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


@Operations.register_operation("wall_in")
class WallIn(MigrateOperation):
    """PostgreSQL shows and takes rows of a table only within their firm; SQLite has no such wall."""

    def __init__(self, table: str) -> None:
        self.table = table

    @classmethod
    def wall_in(cls, operations: Operations, table: str) -> None:
        """Wall a table with a `firm_id` off. Dropping the table drops its wall."""
        operations.invoke(cls(table))


@Operations.implementation_for(WallIn)
def build(operations: Operations, wall: WallIn) -> None:
    """What the database is told."""
    if operations.get_bind().dialect.name != "postgresql":
        return
    operations.execute(f"ALTER TABLE {wall.table} ENABLE ROW LEVEL SECURITY")
    operations.execute(f"ALTER TABLE {wall.table} FORCE ROW LEVEL SECURITY")
    operations.execute(
        f"CREATE POLICY {wall.table}_in_firm ON {wall.table} USING ({INSIDE}) WITH CHECK ({INSIDE})"
    )
