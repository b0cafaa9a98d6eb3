"""What every command line command shares: `--json`, and telling a result."""

import json
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def tell(result: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print the result as one JSON object or as words."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) if as_json else words)
