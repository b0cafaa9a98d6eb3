"""The histories that are written by hand: the demo agent, the one with two firms, and the named cases."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from lms.assessments.queries import Asked
from lms.demo.acts import Diary, attested, completed, counted, examined, moment, seen
from lms.demo.cases import case
from lms.demo.people import Life
from lms.foundation.actor import Role
from lms.learning.services.assigning import assign
from lms.tracks.framework_files import find_rung, framework_on
from lms.tracks.rules import in_force

WRITTEN = "Chat of this day: the whole answer in the first message, and a note another agent can act on."
HELPED = "Sat beside two new colleagues in their first week and told each one thing after a call."


class ByHand:
    """Writes the first firm's hand-made histories into its diary."""

    def __init__(self, diary: Diary, *, seed: int) -> None:
        self.diary, self.world = diary, diary.world
        self.chance = random.Random(f"{seed}:by hand")  # noqa: S311  (a simulation)
        self.assessor = self.world.with_role(Role.ASSESSOR)[0]
        self.manager = self.world.with_role(Role.MANAGER)[0]
        self.lead = next(one for one in self.world.lives if one.leads == self.world.team("Billing"))

    def write(self) -> None:
        """Everybody's, in the order of the list in `cases`."""
        self._demo_agent()
        self._two_firms()
        self._borderline()
        self._contested()
        self._stale()
        self._ready()
        self._two_raters()
        self._leaver()
        self._back()
        self._extra_time()
        self._everyday()

    def _ago(self, days: int) -> date:
        return self.diary.as_of - timedelta(days=days)

    def _case(self, key: str) -> Life:
        return self.world.named(case(key).name)

    def _study(
        self,
        life: Life,
        key: str,
        days: int,
        *,
        lessons: int | None = None,
        cards: int = 0,
        skipped: int = 0,
    ) -> None:
        self.diary.study(
            life,
            key,
            moment(self._ago(days), self.chance),
            lessons=lessons,
            chance=self.chance,
            cards=cards,
            skipped=skipped,
        )

    def _pass(self, life: Life, key: str, days: int, *, seconds: tuple[int, int] = (12, 70)) -> None:
        """Take a course whole and pass its final without a mistake."""
        at = self.diary.study(
            life, key, moment(self._ago(days), self.chance), lessons=None, chance=self.chance
        )
        self.diary.sit(life, key, at, 0, self.chance, rightly=lambda _one: True, seconds=seconds)

    def _demo_agent(self) -> None:
        """Half way through C01 with a lesson begun and a day it is due.

        Of C05 she missed the first lesson, when her team took it after a false call: with that lesson and the final, a
        visitor completes the course, and her row of the board changes.
        """
        nadia = self.world.named("Nadia Castillo")
        self._study(nadia, "C05", 16, skipped=1)
        self._study(nadia, "C01", 9, lessons=3, cards=2)
        assign(
            self.diary.session,
            actor=self.world.actor(self.lead),
            course_id=self.diary.courses["C01"].course_id,
            team_id=None,
            person_id=nadia.person_id,
            due_on=self._ago(-9),
            note="Finish it before your next coaching talk.",
            now=moment(self._ago(12), self.chance),
        )
        self.diary.record(self.assessor, seen(nadia, "A1", 2, self._ago(40)), self.chance)
        self.diary.record(self.lead, seen(nadia, "B5", 2, self._ago(21)), self.chance)
        self.diary.record(self.lead, completed(nadia, "C04", self._ago(250)), self.chance)

    def _two_firms(self) -> None:
        inez = self.world.named("Inez Palacio")
        self._study(inez, "C01", 60)
        self.diary.record(self.assessor, seen(inez, "A2", 2, self._ago(30)), self.chance)

    def _borderline(self) -> None:
        """Three questions wrong of twelve, none of them critical: at the mark, not safely above it. All else is shown."""
        delia = self._case("borderline")
        at = self.diary.study(
            delia, "C05", moment(self._ago(40), self.chance), lessons=None, chance=self.chance
        )
        self.diary.sit(delia, "C05", at, 0, self.chance, rightly=all_but(3))
        self._at_their_level(delia, but="B4")

    def _at_their_level(self, life: Life, *, but: str = "") -> None:
        """Each competency S1 asks for was seen at its level, from level 3 on attested too; but for one."""
        framework = framework_on(self.diary.as_of)
        found = find_rung(framework, "S1")
        profile = in_force(framework["profiles"], found[1]["profile"], self.diary.as_of) if found else None
        levels = (profile or {"levels": {}})["levels"]
        for place, (competency, level) in enumerate(sorted(levels.items())):
            if competency == but:
                continue
            day = self._ago(20 + 3 * place)
            self.diary.record(self.assessor, seen(life, competency, level, day), self.chance)
            if level >= 3:
                said = attested(life, "", day, HELPED, competency=competency, level=level)
                self.diary.record(self.lead, said, self.chance)

    def _contested(self) -> None:
        said = "That chat was handed to me half way; the first two answers are not mine."
        for key, days, outcome, answer in (
            ("waiting", 20, "", ""),
            (
                "upheld",
                50,
                "upheld",
                "I read the whole chat: the part that was rated is yours, and it is good.",
            ),
            ("withdrawn", 60, "withdrawn", "You are right, another agent wrote it. It does not count."),
        ):
            self.diary.record(
                self.assessor,
                seen(self._case(key), "A4", 2, self._ago(days), WRITTEN),
                self.chance,
                contested=said,
                outcome=outcome,
                answer=answer,
                by=self.manager if outcome else None,
            )

    def _stale(self) -> None:
        norma = self._case("stale")
        self._pass(norma, "C05", 460)
        self.diary.record(self.assessor, seen(norma, "A4", 2, self._ago(600), WRITTEN), self.chance)

    def _ready(self) -> None:
        """Everything S1 asks for: each competency seen, each from level 3 on attested too, and what the rung names."""
        ixchel = self._case("ready")
        for key, days in (("C01", 300), ("C05", 110), ("C06", 90)):
            self._pass(ixchel, key, days)
        for place, key in enumerate(("C02", "C03", "C04")):
            self.diary.record(self.lead, completed(ixchel, key, self._ago(200 - 10 * place)), self.chance)
        self._at_their_level(ixchel)
        for said in (
            examined(ixchel, "S1-assessment", self._ago(18), "passed"),
            counted(ixchel, "S1-kpi", self._ago(15), 95.5, 14, "passed"),
            attested(ixchel, "S1-attestation", self._ago(12), HELPED),
        ):
            self.diary.record(self.lead, said, self.chance)

    def _two_raters(self) -> None:
        orson = self._case("two_raters")
        for rater, days in ((self.manager, 35), (self.assessor, 28)):
            said = "Interview with the same eight questions as everybody; led the Monday huddle for a month."
            self.diary.record(rater, attested(orson, "S2-attestation", self._ago(days), said), self.chance)
        self.diary.record(self.lead, attested(orson, "S2-experience", self._ago(30), HELPED), self.chance)

    def _leaver(self) -> None:
        karina = self._case("leaver")
        self._pass(karina, "C01", 200)
        self.diary.record(self.assessor, seen(karina, "A1", 3, self._ago(150)), self.chance)

    def _back(self) -> None:
        elvira = self._case("back")
        self._pass(elvira, "C05", 700)
        self.diary.record(self.assessor, seen(elvira, "A2", 2, self._ago(650)), self.chance)
        self._study(elvira, "C01", 25, lessons=2)
        self.diary.record(self.lead, seen(elvira, "A1", 2, self._ago(10)), self.chance)

    def _extra_time(self) -> None:
        """Hands in after more minutes than others have, and in time."""
        self._pass(self._case("extra_time"), "C05", 70, seconds=(110, 130))

    def _everyday(self) -> None:
        """What most people have beside what they show: two courses in the class room, a call that was heard."""
        for place, key in enumerate(("waiting", "upheld", "withdrawn", "two_raters", "extra_time")):
            life = self._case(key)
            self.diary.record(self.lead, completed(life, "C04", self._ago(120 + place)), self.chance)
            self.diary.record(self.lead, completed(life, "C02", self._ago(170 + place)), self.chance)
            self.diary.record(self.assessor, seen(life, "B1", 2, self._ago(80 + 7 * place)), self.chance)
            went, cases = ("failed", 15) if key == "withdrawn" else ("passed", 18)
            said = counted(life, "S1-kpi", self._ago(40 + place), 84 + 3 * place, cases, went)
            self.diary.record(self.lead, said, self.chance)


def all_but(wrong: int) -> Callable[[Asked], bool]:
    """Answer rightly but for so many questions, none of them critical."""
    left = [wrong]

    def rightly(one: Asked) -> bool:
        document = one.version.document
        plain = document["kind"] == "single" and not document.get("critical")
        if plain and left[0]:
            left[0] -= 1
            return False
        return True

    return rightly
