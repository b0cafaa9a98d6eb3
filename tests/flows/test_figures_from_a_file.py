"""A file of figures through its pages."""

import io

import pytest

from lms.foundation.actor import Role
from tests.house import House

pytestmark = pytest.mark.sqlite_is_enough

HEADER = "Employee,Queue,Shift,Period,AHT,Zeal\n"


def test_what_a_file_does_not_say_is_called_as_the_choices_of_a_column_call_it(house: House) -> None:
    manager = house.client(house.person(house.firm(), Role.MANAGER))
    sent = manager.post(
        "/figures/import",
        data={"source": "Tool", "file": (io.BytesIO(f"{HEADER}1,A,B,2026-01,300,9\n".encode()), "a.csv")},
    )
    said = "does not say: Employee number, Average handle time: counted from (n)."
    assert said in manager.get(sent.location).get_data(as_text=True)
    manager.post("/me/language", data={"language": "es"})
    page = manager.get(sent.location).get_data(as_text=True)
    assert "Número de empleado, Tiempo medio de gestión: contado a partir de (n)." in page
