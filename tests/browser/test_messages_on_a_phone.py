"""Messages on a phone, as far as they can be seen without a browser maker's service: the yes, what shows, and the one tap that stops."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.foundation.carrier import Carrier
from lms.foundation.push import ServerKey, new_secret
from lms.learning.jobs import words_of
from lms.learning.models import MessageBrowser
from lms.learning.rules.messages import Say
from tests.browser.conftest import seen, signed_in
from tests.flows.test_messages_to_a_phone import HOST, Phone
from tests.house import House

NO_SERVICE = """(said) => {
  const none = { unsubscribe: async () => { self.unsubscribed = true; return true; }, toJSON: () => said };
  self.PushManager.prototype.subscribe = async () => none;
  self.PushManager.prototype.getSubscription = async () => (self.unsubscribed === false ? none : null);
}"""
"""A browser under test has no service of its maker to ask: only these two are not its own."""
TAP = """async (action) => {
  const [notification] = await registration.getNotifications();
  const tap = new NotificationEvent("notificationclick", { notification, action });
  let done;
  tap.waitUntil = (act) => { done = act; }; // only the browser's own events may wait
  self.dispatchEvent(tap);
  await done;
  return self.unsubscribed;
}"""


def test_a_yes_is_kept_a_message_shows_and_one_tap_stops_it(
    house: House, open_window: Callable[..., Page]
) -> None:
    house.app.extensions["push"] = Carrier(ServerKey(new_secret(), "mailto:it@example.bz"), (HOST,))
    agent, phone = house.person(house.firm()), Phone("one")
    page = signed_in(open_window(permissions=["notifications"]), house, agent)
    said = {
        "endpoint": phone.browser.endpoint,
        "keys": {"p256dh": phone.browser.p256dh, "auth": phone.browser.auth},
    }
    page.add_init_script(f"({NO_SERVICE})({json.dumps(said)})")

    def told() -> int:
        with house.writing(agent.firm_id) as session:
            return len(
                session.scalars(select(MessageBrowser).where(MessageBrowser.firm_id == agent.firm_id)).all()
            )

    page.goto("/me/messages")
    expect(page.get_by_text("They are off.")).to_be_visible()
    seen(page, "messages-off")
    page.get_by_label("Questions are ready").check()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_text("This browser gets them.")).to_be_visible()
    assert told() == 1
    seen(page, "messages-on")

    page.wait_for_function("async () => (await caches.keys()).includes('ladder-who')")
    [worker] = page.context.service_workers
    worker.evaluate(f"(said) => {{ ({NO_SERVICE})(said); self.unsubscribed = false; }}", said)
    browser = page.context.new_cdp_session(page)
    found: list[str] = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda news: found.extend(one["registrationId"] for one in news["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    page.wait_for_timeout(50)
    origin = page.evaluate("location.origin")
    browser.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[0], "data": words_of_in(house, Say.CARDS)},
    )
    shown = "async () => (await registration.getNotifications()).map((one) => [one.title, one.body, one.actions.map((act) => act.title)])"
    for _again in range(400):  # a busy machine takes its time
        if came := worker.evaluate(shown):
            break
        page.wait_for_timeout(25)
    assert came == [
        ["Ladder", "Some questions are ready to come back. Whenever it suits you.", ["Stop these messages"]]
    ]
    assert worker.evaluate(TAP, "stop") is True
    assert told() == 0
    page.goto("/me/messages")
    expect(page.get_by_text("They are off.")).to_be_visible()


def words_of_in(house: House, say: Say) -> str:
    with house.app.test_request_context():
        return words_of(say, "en").decode()
