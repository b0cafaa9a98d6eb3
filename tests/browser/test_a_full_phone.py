"""The phone has no room for another byte: an answer is sent all the same, and nobody is told that it is kept."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import signed_in
from tests.browser.test_expired_sign_in import Sitting, choose, sitting

__all__ = ["sitting"]

FULL = """() => {
  const full = () => { throw new DOMException("full", "QuotaExceededError"); };
  Storage.prototype.setItem = full;
  IDBObjectStore.prototype.put = full;
}"""


def test_on_a_full_phone_an_answer_is_never_called_kept_and_is_sent_when_the_line_is_back(
    sitting: Sitting, open_window: Callable[..., Page]
) -> None:
    page = signed_in(open_window(), sitting.house, sitting.ana)
    page.add_init_script(f"({FULL})()")
    page.goto(sitting.address)
    state = page.locator("#question-1 [data-saved]")
    right = sitting.right()
    wrong = page.locator(f'#question-1 [name=answer]:not([value="{right}"])').first.get_attribute("value")
    page.route("**/sync", lambda route: route.abort())
    choose(page, str(wrong))
    expect(state).to_have_text(
        "This phone is full. Until it is sent, this is on this page only: keep the page open."
    )
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.assign('/today')")
    page.wait_for_timeout(200)
    assert warned == ["beforeunload"], "whoever leaves the page is asked first"
    assert sitting.answers() == []
    page.unroute("**/sync")
    choose(page, right)
    expect(state).to_have_attribute("data-state", "saved")
    assert [one.counted for one in sitting.answers()] == [True]
    page.goto("/today")
    assert warned == ["beforeunload"], "what is sent holds nobody"
