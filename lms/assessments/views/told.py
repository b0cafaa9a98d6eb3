"""What the rules say to whoever writes files, said to whoever fills in a form, in the reader's language.

The rules name parts as the course format writes them (“correct: true”, 0.65). A form has ticks and percentages. A
sentence that is not listed here is shown as the rules say it.
"""

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.assessments.views.room import room
from lms.web.language import told

_SENTENCES: tuple[tuple[str, Any], ...] = (
    (r"Say what is asked, under “stem”\.", _l("Write what is asked.")),
    (r"The level is a whole number from 1 to 5\.", _l("The level is a whole number from 1 to 5.")),
    (r"The difficulty is a share between 0\.05 and 0\.95\.", _l("Type a number from 5 to 95.")),
    (r"Write (?P<least>\d+) to (?P<most>\d+) \w+\.", _l("Write %(least)s to %(most)s of them.")),
    (r"Fill in “\w+”\.|Add “\w+”\.|Write “\w+” as a text.*", _l("Fill this in.")),
    (r"Two \w+ say the same\. .*", _l("Two of them say the same. Make each one different.")),
    (r"Two left-hand sides are the same\. .*", _l("Two left sides are the same. Make each one different.")),
    (r"Mark exactly one option with .*", _l("Choose the one option that is right.")),
    (r"Mark at least one option with .*", _l("Tick at least one option as right.")),
    (r"Write answer: true or answer: false\.", _l("Choose true or false.")),
    (r"Explain both: .*", _l("Explain both, true and false.")),
    (r"Say what to tell a person who chose “\w+”\.", _l("Say what to tell a person who chose this.")),
    (r"Write it as \{from: .*", _l("Say from what number to what number it goes.")),
    (
        r"“from” is at most “to”, .*",
        _l("“From” is at most “to”, the step is more than 0, and all are numbers of a usual size."),
    ),
    (r"The tolerance is a number from 0, .*", _l("Type a number from 0, in the unit of the answer.")),
    (
        r"Write it as \{value: an expression, .*",
        _l("Fill in both: the wrong result, and what to tell them."),
    ),
    (r"Write it as \{text: …, why: …\}\.", _l("Fill in both: the wrong answer, and what to tell them.")),
    (
        r"Give the answer, as a number or an expression\.",
        _l("Give the answer, as a number or an expression."),
    ),
    (r"The decimals are a whole number from 0 to (?P<most>\d+)\.", _l("A whole number from 0 to %(most)s.")),
    (r"Write each unit with the number .*", _l("Say how many of ours each unit is.")),
    (
        r"The question would tell its own answer\. .*",
        _l("The question would tell its own answer. Take {answer} out of it."),
    ),
    (r"No combination of the parameters fits\. .*", _l("No combination of the numbers fits. Ask for less.")),
    (
        r"We do not know “(?P<name>.+)”: it is not a parameter of this question\.",
        _l("We do not know “%(name)s”: it is not a parameter of this question."),
    ),
    (r"Name a file of the course, such as .*", _l("Choose a file of this course.")),
    (
        r"Write left, top, width and height, .*",
        _l("Type left, top, width and height in percent, such as 10 20 30 15."),
    ),
    (
        r"The region has a size, and ends .*",
        _l("The place must be wider and higher than 0 and end within the picture."),
    ),
    (
        r"Write x and y of (?P<least>\d+) to (?P<most>\d+) corners, .*",
        _l("Type x and y of %(least)s to %(most)s corners in percent."),
    ),
    (
        r"Mark one or more regions with .*",
        _l("Tick one place or more as right, and leave at least one without."),
    ),
    (r"Say what the picture shows, .*", _l("Say what the picture shows, for whoever cannot see it.")),
    (r"Write at least two different labels\.", _l("Write at least two different labels.")),
    (r"Write what is said in the recording\.", _l("Write what is said in the recording.")),
    (r"What is said has 1 to (?P<most>\d+) words\.", _l("What is said has 1 to %(most)s words.")),
    (r"Write a part of what is said, .*", _l("Write a part of what is said, word by word.")),
    (r"Write the other ways as a list .*", _l("Write at least one other way.")),
    (r"Write how often it may be heard, (?P<most>\d+) at most.*", _l("A whole number from 0 to %(most)s.")),
    (r"Choose one or more of pdf, .*", _l("Tick at least one type of file.")),
    (r"Write a whole number of megabytes, (?P<most>\d+) .*", _l("A whole number from 1 to %(most)s.")),
    (r"Write 1 to (?P<most>\d+) things a marker .*", _l("Write 1 to %(most)s things, one a line.")),
    (
        r"There is no (?P<path>media/.+)\. Add the file, .*",
        _l("There is no %(path)s in this course. Choose another file."),
    ),
    (r"We could not read “(?P<text>.*)” as arithmetic\.", _l("We could not read “%(text)s” as arithmetic.")),
    (
        r"“(?P<text>.*)” (?:divides by zero or )?grows too big\.",
        _l("“%(text)s” divides by zero or grows too big."),
    ),
    (
        r"Use numbers, parameters, \+ - .*",
        _l("Use numbers, parameters, + - * / ** and the listed functions only."),
    ),
    (r"Give at least one accepted answer\.", _l("Give at least one accepted answer.")),
    (r"Write the text with its gaps: .*", _l("Write the text with its gaps: Ask, give the [[reason]].")),
    (r"Describe every gap under “gaps”\.", _l("Say what fits each gap.")),
    (r"Say what fits the gap (?P<gap>\[\[.*\]\])\.", _l("Say what fits the gap %(gap)s.")),
    (r"Put at least one gap into the text: .*", _l("Put at least one gap into the text: [[reason]].")),
    (r"The text has no gap (?P<gap>\[\[.*\]\])\.", _l("The text has no gap %(gap)s.")),
    (r"Give “accepted” words, or .*", _l("Say what is right.")),
    (r"The answer must be one of the options\.", _l("What is right must be one of those to choose from.")),
    (r"Name one of the course's objectives\.", _l("Choose one of the course's objectives.")),
    (r"Name the competency this question is about\.", _l("Choose the competency it is about.")),
    (r"Add at least one draw, .*", _l("Add at least one draw.")),
    (r"The pass mark is a share: .*", _l("The pass mark is more than 0 and at most 100.")),
    (
        r"A gate draws (?P<least>\d+) questions or more; this one draws (?P<drawn>\d+)\.",
        _l("A promotion draws %(least)s questions or more; this one draws %(drawn)s."),
    ),
    (
        r"This draw wants (?P<wanted>\d+) questions and (?P<fitting>\d+) fit\. .*",
        _l("This draw wants %(wanted)s questions and %(fitting)s fit. Write more, or ask for fewer."),
    ),
    (
        r"The draws compete for the same questions\. .*",
        _l("The draws compete for the same questions. Write more, or ask for fewer."),
    ),
    (
        r"Say how many to draw: a whole number from 1 to (?P<most>\d+)\.",
        _l("Say how many to draw: a whole number from 1 to %(most)s."),
    ),
    (r"Write the difficulty as from and to: .*", _l("Type numbers from 0 to 100.")),
    (r"Write the course as its key, such as C08\.", _l("Type the key of the other course, such as C08.")),
    (
        r"The time limit is a whole number of minutes, at most a day\.",
        _l("The time limit is a whole number of minutes, at most a day."),
    ),
    (r"Write it as \{allowed: .*", _l("Attempts and hours are whole numbers.")),
    (r"Write it as \{competency: .*", _l("Choose a competency and a level from 1 to 5.")),
    (
        r"The bank has (?P<count>\d+) questions\. Write (?P<enough>\d+) or more, .*",
        _l(
            "Questions without a problem: %(count)s. Write %(enough)s or more, so that a second try is another test."
        ),
    ),
    (
        r"The right option is the longest in (?P<share>\d+%) of the single choices, .*",
        _l(
            "The right option is the longest in %(share)s of the single choices, and people notice. Lengthen some wrong ones, or shorten the right."
        ),
    ),
    (
        r"The right option is number (?P<place>\d+) in (?P<most>\d+) of (?P<count>\d+) single choices\. .*",
        _l(
            "The right option is number %(place)s in %(most)s of %(count)s single choices. Move some of them."
        ),
    ),
    (
        r"All (?P<count>\d+) true-or-false questions have the same answer\. .*",
        _l("All %(count)s true-or-false questions have the same answer. Turn some of them round."),
    ),
    (r"“(?P<key>.*)” asks the same\. .*", _l("“%(key)s” asks the same. Ask something else, or drop one.")),
    (r"Add “level”, so that .*", _l("Say its level, so that a draw can choose by it.")),
    (r"Add “thinking”, so that .*", _l("Say what thinking it asks for, so that a draw can choose by it.")),
    (r"Add “difficulty”, so that .*", _l("Say its difficulty, so that a draw can choose by it.")),
    (
        r"A gate asks everybody a fixed form\. .*",
        _l("A promotion asks everybody a fixed form; it does not adapt."),
    ),
    (
        r"The next question is chosen by the server, .*",
        _l("The next question is chosen by the server, so it cannot be taken without a network."),
    ),
    (
        r"The shortest test is longer than the draws .*",
        _l("The shortest test is longer than the draws together."),
    ),
    (
        r"Write it as \{stop_se: .*",
        _l(
            "The standard error is from 0.2 to 1, the share from 0.05 to 1, and the questions a whole number."
        ),
    ),
    (r"Only a gate has a second form: .*", _l("Only a promotion has a second form.")),
    (
        r"The bank has no second form as hard .*",
        _l(
            "The bank has no second form as hard as the first, without its questions. Write more questions for each draw."
        ),
    ),
    (r"Write facts as names with their words: .*", _l("Write each fact as a name, a colon and its words.")),
    (
        r"Write criteria with their share from 0 to 1: .*",
        _l("Write each criterion as its name, a colon and its share from 0 to 1."),
    ),
    (r"Say why, for whoever gets this part wrong: .*", _l("Say why, for whoever gets this part wrong.")),
)
_KNOWN = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _SENTENCES)


@room.app_template_global()
def in_a_form(sentence: str) -> str:
    """A sentence of the rules as somebody who fills in a form is told it."""
    for pattern, words in _KNOWN:
        if found := pattern.fullmatch(sentence):
            said = str(words)
            return said % found.groupdict() if found.groupdict() else said
    return told(sentence)
