"""Names for invented people, made up from common ones."""

FIRST = """
Ana Luis Marisol Keisha Jamal Rosa Delroy Shanice Carlos Ixchel Tyrone Elena Marlon Yesenia Kareem
Gloria Andre Lucia Devon Nelly Hector Tanya Orlando Felicia Rene Kimberly Abner Sonia Winston Mirna
Egbert Dalila
""".split()  # noqa: SIM905  (a list of sixty lines reads worse)
LAST = """
Chi Pott Castillo Usher Choc Flowers Martinez Arana Gentle Coc Young Palacio Tillett Cal Novelo
Bowen Requena Smith Pech Lopez Ramirez Augustine Caal Neal Guerra Teul Williams Avila Zuniga
Cayetano Penner Sho
""".split()  # noqa: SIM905  (a list of sixty lines reads worse)


def made_up(firm: int, place: int) -> str:
    """A name for a place at a firm: the same for the same place, and no two alike among a thousand."""
    first = FIRST[(place * 7 + firm * 3) % len(FIRST)]
    return f"{first} {LAST[(place * 5 + place // len(FIRST) + firm * 11) % len(LAST)]}"
