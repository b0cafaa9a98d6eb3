"""Letters by e-mail: what one is, and who carries it. Carrying takes seconds and can fail, so it is a job's work."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol

from lms.foundation.errors import Invalid

TIMEOUT = 15.0
"""Seconds that a mail server may be silent."""


@dataclass(frozen=True)
class Letter:
    """A letter of plain words to one address."""

    to: str
    subject: str
    text: str


class Post(Protocol):
    """Whoever carries letters."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises Invalid when it is refused for good, OSError or SMTPException when it may be tried again."""


@dataclass(frozen=True)
class SmtpPost:
    """A mail server. `security`: starttls, tls (from the first byte) or off (one's own machine only)."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"

    def send(self, letter: Letter) -> None:
        """Hand the letter to the server, in one connection of its own."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, letter.to, letter.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self.sender.split("@")[-1])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        safe = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=safe)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        with server:
            if self.security == "starttls":
                server.starttls(context=safe)
            if self.user:
                server.login(self.user, self.password)
            try:
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                code = next(iter(error.recipients.values()))[0]
                if 500 <= code < 600:
                    raise Invalid("The mail server does not take letters for this address.") from None
                raise
