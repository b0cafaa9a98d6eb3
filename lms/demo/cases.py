"""The named cases of the first firm: people whose history is written by hand, so that each thing to see can be found.

All are in Billing, on the board of its lead and of the manager (the leaver under People, "left"):

- Delia Sho: borderline. Her C05 final lies within one standard error of the pass mark (B4 of S1).
- Elmer Teul: contested and waiting. He disagrees with what was seen of his writing; nobody has looked again (A4).
- Marva Cayetano: contested and upheld. It was looked at again and stands (A4 is met).
- Rudy Avila: contested and withdrawn. It was looked at again and never counts any more (A4 has no evidence).
- Norma Pech: stale. She took C05 fifteen months ago and its months are twelve (C05, B4).
- Ixchel Requena: ready for S1 on everything it asks for.
- Orson Bowen: the two raters that S2 wants have both said so.
- Karina Novelo: left a month ago; her history stays.
- Tomas Zuniga: started this week; there is nothing yet.
- Elvira Coc: back after more than a year away: what she showed before is stale, what she does since is fresh.
- Winsome Augustine: has half as much time again in every assessment.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A person who shows one thing. `days`: since they started; `role_days`: in the role; `left`: days since they left."""

    key: str
    name: str
    days: int
    role_days: int = 0
    left: int = 0
    time_factor: float = 1.0


CASES = (
    Case("borderline", "Delia Sho", 400),
    Case("waiting", "Elmer Teul", 350),
    Case("upheld", "Marva Cayetano", 420),
    Case("withdrawn", "Rudy Avila", 280),
    Case("stale", "Norma Pech", 900),
    Case("ready", "Ixchel Requena", 620),
    Case("two_raters", "Orson Bowen", 760),
    Case("leaver", "Karina Novelo", 500, left=30),
    Case("newcomer", "Tomas Zuniga", 5),
    Case("back", "Elvira Coc", 800, role_days=45),
    Case("extra_time", "Winsome Augustine", 330, time_factor=1.5),
)


def case(key: str) -> Case:
    """A case by its key."""
    return next(one for one in CASES if one.key == key)
