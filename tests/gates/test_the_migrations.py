"""Two releases run on one database while a deploy goes on: a migration only adds; a later one may take away."""

import ast

import pytest

from lms.migrating import MIGRATIONS

FIRST = "0028"
"""From here on; what is older was never deployed beside its predecessor."""
TAKES_AWAY = {"drop_column", "drop_table", "rename_table"}
NEW = sorted(path for path in (MIGRATIONS / "versions").glob("*.py") if path.name[:4] >= FIRST)


def problems(source: str) -> list[str]:
    """What the release before could not live with. A module may say `unused_since = "00NN"`: the migration with which
    the code stopped using what is taken away here, an earlier one."""
    tree = ast.parse(source)
    said = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    upgrade = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade")
    found = []
    for call in (node for node in ast.walk(upgrade) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        words = {one.arg: one.value for one in call.keywords}
        if name in TAKES_AWAY:
            found.append(name)
        if name == "alter_column" and (
            {"new_column_name", "type_"} & set(words)
            or (isinstance(narrow := words.get("nullable"), ast.Constant) and narrow.value is False)
        ):
            found.append(name)
        if name == "add_column" and any(_asks_for_a_value(one) for one in call.args):
            found.append("add_column that older code does not fill")
    older = said.get("unused_since")
    return [] if older and older < said["revision"] else found


def _asks_for_a_value(column: ast.expr) -> bool:
    """NOT NULL without a default: what older code inserts is refused."""
    if not isinstance(column, ast.Call):
        return False
    words = {one.arg: one.value for one in column.keywords}
    narrow = words.get("nullable")
    return isinstance(narrow, ast.Constant) and narrow.value is False and "server_default" not in words


def test_each_new_migration_leaves_the_release_before_at_work() -> None:
    assert {path.name: found for path in NEW if (found := problems(path.read_text()))} == {}


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=True))", False),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=False, server_default=''))", False),
        ("op.create_table('a', sa.Column('b', sa.Text(), nullable=False))", False),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=False))", True),
        ("op.drop_column('a', 'b')", True),
        ("op.alter_column('a', 'b', nullable=False)", True),
        ("op.alter_column('a', 'b', new_column_name='c')", True),
        ("with op.batch_alter_table('a') as batch:\n        batch.drop_column('b')", True),
    ],
)
def test_what_the_release_before_could_not_live_with_is_refused(act: str, refused: bool) -> None:
    source = f"revision = '0040'\n\ndef upgrade():\n    {act}\n"
    assert bool(problems(source)) == refused
    assert problems(f"unused_since = '0039'\n{source}") == []
    assert bool(problems(f"unused_since = '0040'\n{source}")) == refused
