"""Visitors who write by mail, over real servers: asked, answered, handed over, answered again, and nothing said twice.

`run` starts the servers and names them in the environment."""

import email
import email.policy
import imaplib
import json
import os
import re
import smtplib
import ssl
import subprocess
import time
import unittest
import urllib.request
from email.message import EmailMessage
from email.utils import make_msgid

import dkim

FOLDER = os.environ["MAIL_FOLDER"]
BINARY = os.environ["MONDO_BINARY"]
# Where what was written is kept, for people to read.
RECORD = os.environ.get("RECORD")
HELP = "help@tea.example"
PATIENCE_S = 30


def until(what, found, seconds=PATIENCE_S):
    """Asks again until something is found."""
    end = time.monotonic() + seconds
    while True:
        got = found()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.1)


class Mondo:
    """The server, and what staff do there."""

    def __init__(self, **more):
        self.settings = {
            "MONDO__ENCODER__MODE": "fast",
            "MONDO__MAIL__FROM": f"Tea Help <{HELP}>",
            "MONDO__MAIL__SMTP_URL": f"smtp://127.0.0.1:{os.environ['MAIL_SMTP']}",
            "MONDO__MAIL__DKIM_KEY": f"{FOLDER}/dkim.key",
            "MONDO__MAIL__DKIM_SELECTOR": "s2027",
            "MONDO__MAILBOX__ADDRESS": HELP,
            "MONDO__MAILBOX__IMAP_URL": f"imaps://help%40tea.example:secret@localhost:{os.environ['MAIL_IMAPS']}",
            "MONDO__MAILBOX__CA_FILE": f"{FOLDER}/ca.pem",
            # So seldom that only what the server tells by itself can be why a mail is read in time.
            "MONDO__MAILBOX__LOOK_S": "600",
            "MONDO__HTTP__SITE__NAME": "Tea",
            "MONDO__HTTP__SITE__ADDRESS": "https://help.tea.example",
            "MONDO__HTTP__OPERATIONS": "127.0.0.1:0",
            **more,
        }
        self.process = None
        self.staff = None

    def environment(self):
        own = {name: value for name, value in os.environ.items() if not name.startswith("MONDO__")}
        return {**own, **self.settings}

    def start(self):
        command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", f"{FOLDER}/mondo", "--kb", "tests/knowledge"]
        with open(f"{FOLDER}/told", "a", encoding="utf-8") as told:
            begin = told.tell()
            self.process = subprocess.Popen(command, stderr=told, env=self.environment())

        def address():
            if self.process.poll() is not None:
                raise AssertionError(f"mondo ended: {self.process.returncode}")
            with open(f"{FOLDER}/told", encoding="utf-8") as lines:
                lines.seek(begin)
                return re.search(r" at (http://\S+)/$", lines.read(), re.M)

        self.url = until("the address of mondo", address, 120)[1]

    def hire(self, name, role):
        command = [BINARY, "user", "add", f"{name}@tea.example", "--name", name, "--role", role, "--data", f"{FOLDER}/mondo"]
        password = subprocess.run(command, env=self.environment(), check=True, capture_output=True, text=True).stdout.strip()
        headers, told = self.call("POST", "/v1/staff/session", {"email": f"{name}@tea.example", "password": password})
        session = {"cookie": headers["set-cookie"].split(";")[0], "x-csrf-token": told["csrf"]}
        self.call("POST", "/v1/staff/session/proof", {"password": password}, session)
        self.staff = session

    def call(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json", **(headers or self.staff or {})}
        request = urllib.request.Request(self.url + path, data, sent, method=method)
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.headers, json.loads(reply.read() or b"null")

    def get(self, path):
        return self.call("GET", path)[1]

    def doctor(self):
        command = [BINARY, "doctor", "--data", f"{FOLDER}/mondo", "--kb", "tests/knowledge"]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False).stdout

    def stop(self, kill=False):
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(30)


def recorded(way, raw):
    if RECORD:
        with open(RECORD, "ab") as record:
            record.write(b"\n===== " + way.encode() + b"\n" + raw)


def mailbox(account):
    trusted = ssl.create_default_context(cafile=f"{FOLDER}/ca.pem")
    box = imaplib.IMAP4_SSL("localhost", int(os.environ["MAIL_IMAPS"]), ssl_context=trusted)
    box.login(account, "secret")
    box.select("INBOX")
    return box


def raw_in(account):
    box = mailbox(account)
    _, (found,) = box.search(None, "ALL")
    raw = [box.fetch(one, "(BODY.PEEK[])")[1][0][1] for one in found.split()]
    box.logout()
    return raw


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


class Writer:
    """Somebody who writes by mail."""

    def __init__(self, address):
        self.address = address
        self.seen = set()

    def writes(self, subject, text, to=HELP, charset="utf-8", answers=None, headers=None):
        mail = EmailMessage()
        mail["From"] = self.address
        mail["To"] = to
        mail["Subject"] = subject
        mail["Message-ID"] = make_msgid(domain="customer.example")
        if answers is not None:
            mail["In-Reply-To"] = answers["Message-ID"]
            mail["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text, charset=charset)
        return self.sends(mail)

    def sends(self, mail, sender=None):
        recorded(f"{self.address} writes", mail.as_bytes())
        with smtplib.SMTP("127.0.0.1", int(os.environ["MAIL_SMTP"])) as server:
            server.send_message(mail, sender or self.address, [mail["To"]])
        return mail["Message-ID"]

    def answers(self, mail, text, **more):
        quoted = "".join(f"> {line}\n" for line in text_of(mail).splitlines())
        text = f"{text}\n\nOn Mon, 2 Nov 2026 at 10:00, Tea Help <{HELP}> wrote:\n{quoted}"
        return self.writes(f"Re: {mail['Subject']}", text, to=mail["Reply-To"].addresses[0].addr_spec, answers=mail, **more)

    def gets(self):
        """Waits for the next mail."""

        def unseen():
            for raw in raw_in(self.address):
                mail = read(raw)
                if mail["Message-ID"] not in self.seen and mail["From"].addresses[0].addr_spec == HELP:
                    self.seen.add(mail["Message-ID"])
                    mail.raw = raw
                    recorded(f"{self.address} reads", raw)
                    return mail
            return None

        return until(f"a mail to {self.address}", unseen)

    def has_nothing_new(self):
        return all(read(raw)["Message-ID"] in self.seen for raw in raw_in(self.address))


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


class Letters(unittest.TestCase):
    """In the order of their names: each begins where the one before has ended."""

    @classmethod
    def setUpClass(cls):
        cls.mondo = Mondo()
        cls.mondo.start()
        cls.mondo.hire("ada", "admin")
        cls.outlet = until("the outlet of the mailbox", cls.outlet_of_mail)

    @classmethod
    def tearDownClass(cls):
        cls.mondo.stop()

    @classmethod
    def outlet_of_mail(cls):
        hooks = cls.mondo.get("/v1/staff/webhooks")["webhooks"]
        return next((hook["id"] for hook in hooks if hook["kind"] == "mail"), None)

    def outcomes(self):
        """What became of the mails that came in, as the log tells."""
        with open(f"{FOLDER}/told", encoding="utf-8") as lines:
            said = re.findall(r"a mail came in.*outcome=\"?(\w+)", lines.read())
        return {outcome: said.count(outcome) for outcome in set(said)}

    def whole(self, number):
        ticket = self.mondo.get(f"/v1/staff/tickets/{number}")
        conversation = ticket["ticket"]["conversation"]
        return ticket, conversation, self.mondo.get(f"/v1/staff/conversations/{conversation}")

    def test_1_a_question_is_answered_by_mail(self):
        ann = Writer("ann@customer.example")
        begun = time.monotonic()
        asked = ann.writes("Delivery", "Hello,\n\nHow long does delivery take?\n\nBest regards,\nAnn")
        answer = ann.gets()
        took = time.monotonic() - begun
        self.assertLess(took, 20, "the server told of the mail at once")
        self.assertIn("arrive 3 days later", text_of(answer))
        self.assertIn("https://help.tea.example/help/en/shipping-time", text_of(answer))
        self.assertEqual(answer["In-Reply-To"], asked)
        self.assertEqual(answer["References"], asked)
        self.assertEqual(answer["Subject"], "Re: Delivery")
        self.assertEqual(answer["MIME-Version"], "1.0")
        self.assertEqual(answer["Auto-Submitted"], "auto-replied")
        self.assertEqual(answer.get_content_type(), "multipart/alternative")
        page = answer.get_body(("html",)).get_content()
        self.assertIn('<html lang="en">', page)
        self.assertIn('<a href="https://help.tea.example/help/en/shipping-time', page)
        self.assertRegex(answer["Reply-To"].addresses[0].addr_spec, r"^help\+[a-z2-7]{42}@tea\.example$")
        self.assertRegex(answer["Return-Path"], r"^<help\+[a-z2-7]{42}@tea\.example>$")

    def test_2_what_leaves_is_signed_by_its_domain(self):
        ann = Writer("ann@customer.example")
        raw = ann.gets().raw
        public = subprocess.run(
            ["openssl", "pkey", "-in", f"{FOLDER}/dkim.key", "-pubout"], check=True, capture_output=True, text=True
        ).stdout
        public = "".join(line for line in public.splitlines() if "---" not in line)
        asked = []

        def dns(name, timeout=5):
            asked.append(name)
            return f"v=DKIM1; k=rsa; p={public}".encode()

        self.assertTrue(dkim.verify(raw, dnsfunc=dns))
        self.assertEqual(asked, [b"s2027._domainkey.tea.example."])
        self.assertFalse(dkim.verify(raw.replace(b"days", b"weeks"), dnsfunc=dns))

    def test_3_what_is_not_sure_becomes_a_ticket_that_lives_by_mail(self):
        bo = Writer("bo@customer.example")
        bo.writes("Lost", "My parcel 12345678 is lost and I want my money back. My card is 4111 1111 1111 1111.")
        opened = bo.gets()
        number = re.search(r"M-\d{6}", text_of(opened))[0]
        self.assertIn(number, opened["Subject"])
        self.assertRegex(text_of(opened), r"https://help\.tea\.example/t/\S+")
        ticket, conversation, whole = self.whole(number)
        self.assertEqual(ticket["contact"], "bo@customer.example")
        self.assertIn("⟦card⟧", whole["messages"][0]["text"])

        self.mondo.call("POST", f"/v1/staff/conversations/{conversation}/acts", {"act": "claim"})
        self.mondo.call("POST", f"/v1/staff/conversations/{conversation}/messages", {"text": "We look for it. Which day did you order?"})
        answer = bo.gets()
        self.assertIn("We look for it.", text_of(answer))
        self.assertIn("ada", text_of(answer))
        self.assertIsNone(answer["Auto-Submitted"])
        self.assertIn(number, answer["Subject"])
        self.assertIn(opened["In-Reply-To"], answer["References"])

        bo.answers(answer, "On Monday.")

        def told():
            said = self.whole(number)[2]["messages"][-1]
            return said["author"] == "visitor" and said["text"]

        self.assertEqual(until("the answer in the ticket", told), "On Monday.")
        # Closed and solved; what comes then is the same conversation again.
        self.mondo.call("POST", f"/v1/staff/conversations/{conversation}/acts", {"act": "close"})
        bo.answers(answer, "It is still lost, please let a person look at it.")
        again = bo.gets()
        until("the conversation again", lambda: self.whole(number)[2]["messages"][-1]["author"] != "agent")
        self.assertIn(bo.address, again["To"])
        tickets = {hit["number"] for hit in self.mondo.get("/v1/staff/tickets?q=parcel")["tickets"]}
        self.assertIn(number, tickets)

    def test_4_whoever_forges_an_address_reads_nothing(self):
        bo = Writer("bo@customer.example")
        answer = bo.gets()
        eve = Writer("mina@customer.example")
        eve.writes("Re: Lost", "What did I write to you before?", to=answer["Reply-To"].addresses[0].addr_spec, answers=answer)
        told = eve.gets()
        self.assertNotEqual(told["Reply-To"], answer["Reply-To"])
        self.assertNotIn("parcel", text_of(told))

    def test_5_letters_are_read_in_their_own_charsets(self):
        mina, yuki, ann = (Writer(f"{name}@customer.example") for name in ("mina", "yuki", "ann"))
        for writer in (mina, yuki, ann):
            writer.seen |= {read(raw)["Message-ID"] for raw in raw_in(writer.address)}
        yuki.writes("質問", "お世話になっております。山田と申します。\n配送にはどのくらいかかりますか。\n\n敬具\n山田", charset="iso-2022-jp")
        self.assertIn("その3日後", text_of(yuki.gets()))
        mina.writes("문의", "배송은 얼마나 걸려요?\n\n나의 iPhone에서 보냄", charset="euc-kr")
        self.assertRegex(text_of(mina.gets()), "이틀|2일")
        ann.writes("退货", "茶叶怎么退货？", charset="gb18030")
        self.assertIn("14 天", text_of(ann.gets()))

    def test_6_programs_lists_and_strangers_scripts_are_not_answered(self):
        yuki = Writer("yuki@customer.example")
        yuki.seen |= {read(raw)["Message-ID"] for raw in raw_in(yuki.address)}
        before = self.outcomes()
        yuki.writes("Out of office", "How long does delivery take?", headers={"Auto-Submitted": "auto-replied"})
        yuki.writes("Away", "How long does delivery take?", headers={"X-Auto-Response-Suppress": "All"})
        yuki.writes("News", "How long does delivery take?", headers={"List-Id": "<news.example>", "Precedence": "bulk"})
        raw = EmailMessage()
        raw["From"], raw["To"], raw["Subject"] = yuki.address, HELP, "hidden"
        raw["Message-ID"] = make_msgid(domain="customer.example")
        raw.set_content("How long does delivery take? +AGE-")
        raw.replace_header("Content-Type", 'text/plain; charset="utf-7"')
        yuki.sends(raw)

        def counted():
            now = self.outcomes()
            grown = {name: count - before.get(name, 0) for name, count in now.items() if count != before.get(name, 0)}
            return grown == {"automatic": 2, "bulk": 1}

        until("all of them to be noted", counted)
        box = mailbox(HELP)

        def flagged():
            box.noop()
            return box.search(None, "FLAGGED")[1][0].split()

        self.assertEqual(len(until("what is written in UTF-7 to be left to people", flagged)), 1)
        box.logout()
        self.assertTrue(yuki.has_nothing_new())

    def test_7_a_mail_that_comes_back_is_told_to_agents(self):
        ghost = Writer("ghost@customer.example")
        ghost.writes("Lost", "My parcel 87654321 is lost, a person has to help me.")

        def told():
            for hit in self.mondo.get("/v1/staff/tickets?q=87654321")["tickets"] or self.mondo.get("/v1/staff/tickets")["tickets"]:
                ticket = self.mondo.get(f"/v1/staff/tickets/{hit['number']}")
                if ticket["contact"] == ghost.address:
                    return [mail["error"] for mail in ticket["mails"] if mail["state"] == "failed"]
            return None

        self.assertIn("the mail came back", until("the note for agents", told)[0])

    def test_7b_a_program_posts_mails_as_the_handbook_says(self):
        with open("web/handbook/mail.md", encoding="utf-8") as page:
            script = re.findall(r"```sh\n(#!/bin/sh.*?)```", page.read(), re.S)[0]
        _, told = self.mondo.call("POST", f"/v1/staff/webhooks/{self.outlet}/secret", {})
        yuki = Writer("yuki@customer.example")
        yuki.seen |= {read(raw)["Message-ID"] for raw in raw_in(yuki.address)}
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = yuki.address, HELP, "Delivery"
        mail["Message-ID"] = make_msgid(domain="customer.example")
        mail.set_content("How long does delivery take?")
        channel = f"{self.mondo.url}/v1/channels/{self.outlet}/mail"
        variables = {**os.environ, "MONDO_SECRET": told["secret"].removeprefix("whsec_"), "MONDO_CHANNEL": channel}
        for _ in range(2):
            ran = subprocess.run(["sh", "-c", script], input=mail.as_bytes(), env=variables, capture_output=True, check=True)
            self.assertEqual(json.loads(ran.stdout)["outcome"], "taken")
        self.assertIn("arrive 3 days later", text_of(yuki.gets()))
        time.sleep(1)
        self.assertTrue(yuki.has_nothing_new())

    def test_8_nothing_is_said_twice_after_a_crash(self):
        yuki = Writer("yuki@customer.example")
        yuki.seen |= {read(raw)["Message-ID"] for raw in raw_in(yuki.address)}
        yuki.writes("Delivery", "How long does delivery take?")
        yuki.gets()
        self.mondo.stop(kill=True)
        # As if mondo had died before it could mark them.
        box = mailbox(HELP)
        _, (found,) = box.search(None, "ALL")
        box.store(found.replace(b" ", b",").decode(), "-FLAGS", "\\Seen")
        self.mondo.start()

        def read_again():
            box.noop()
            return not box.search(None, "UNSEEN")[1][0].split()

        until("everything to be read again", read_again)
        box.logout()
        time.sleep(2)
        self.assertTrue(yuki.has_nothing_new())

    def test_9_a_mailbox_that_is_away_is_told_and_read_again_later(self):
        self.assertRegex(self.mondo.doctor(), r"ok +mailbox +help@tea\.example can be read")
        wrong = self.mondo.settings["MONDO__MAILBOX__IMAP_URL"].replace(":secret@", ":guessed@")
        told = Mondo(MONDO__MAILBOX__IMAP_URL=wrong).doctor()
        self.assertRegex(told, r"FAULT mailbox +.*does not take the name or the password")
        self.assertNotIn("guessed", told)
        self.assertRegex(Mondo(MONDO__MAILBOX__CA_FILE="").doctor(), r"FAULT mailbox +.*cannot show who it is")
        self.assertRegex(Mondo(MONDO__MAILBOX__FOLDER="Nowhere").doctor(), r"FAULT mailbox +.*no folder .Nowhere")
        self.stop_dovecot()
        self.assertRegex(self.mondo.doctor(), r"FAULT mailbox +.*cannot be reached")

        def failing():
            page = urllib.request.Request(f"{self.mondo.url}/console/mail", headers=self.mondo.staff)
            with urllib.request.urlopen(page, timeout=20) as reply:
                return "cannot be reached" in reply.read().decode()

        until("the console to tell", failing)
        subprocess.run(["dovecot", "-c", f"{FOLDER}/dovecot.conf"], check=True)
        yuki = Writer("yuki@customer.example")
        yuki.seen |= {read(raw)["Message-ID"] for raw in raw_in(yuki.address)}
        yuki.writes("Delivery", "How long does delivery take?")
        self.assertIn("arrive 3 days later", text_of(yuki.gets()))

    def test_9b_an_older_server_is_asked_from_time_to_time(self):
        # It knows neither IDLE nor MOVE, and begins without TLS.
        self.mondo.stop()
        self.stop_dovecot()
        with open(f"{FOLDER}/older.conf", "w", encoding="utf-8") as settings:
            settings.write(f"!include {FOLDER}/dovecot.conf\nimap_capability = IMAP4rev1 SASL-IR STARTTLS AUTH=PLAIN LITERAL+\n")
        subprocess.run(["dovecot", "-c", f"{FOLDER}/older.conf"], check=True)
        self.mondo.settings |= {
            "MONDO__MAILBOX__IMAP_URL": f"imap://help%40tea.example:secret@localhost:{os.environ['MAIL_IMAP']}?tls=required",
            "MONDO__MAILBOX__LOOK_S": "5",
            "MONDO__MAILBOX__AFTER": "move",
            "MONDO__MAILBOX__MOVE_TO": "Done",
        }
        self.mondo.start()
        box = mailbox(HELP)
        before = len(box.search(None, "ALL")[1][0].split())
        yuki = Writer("yuki@customer.example")
        yuki.seen |= {read(raw)["Message-ID"] for raw in raw_in(yuki.address)}
        for _ in range(2):
            yuki.writes("Delivery", "How long does delivery take?")
            self.assertIn("arrive 3 days later", text_of(yuki.gets()))

        def moved():
            kind, count = box.select("Done", readonly=True)
            return kind == "OK" and int(count[0]) == 2

        until("both mails to be moved", moved)
        self.assertEqual(int(box.select("INBOX", readonly=True)[1][0]), before)
        # While the way back is paused, letters stay where they are.
        self.mondo.call("PUT", f"/v1/staff/webhooks/{self.outlet}", {"active": False})
        yuki.writes("Delivery", "How long does delivery take?")
        until("the mail to be there", lambda: box.noop() and int(box.select("INBOX", readonly=True)[1][0]) == before + 1)
        time.sleep(7)
        self.assertEqual(len(box.search(None, "UNSEEN")[1][0].split()), 1)
        self.mondo.call("PUT", f"/v1/staff/webhooks/{self.outlet}", {"active": True})
        self.assertIn("arrive 3 days later", text_of(yuki.gets()))
        box.logout()

    def stop_dovecot(self):
        with open(f"{FOLDER}/dovecot/master.pid", encoding="utf-8") as pid:
            dovecot = int(pid.read())
        os.kill(dovecot, 15)
        until("Dovecot to end", lambda: not os.path.exists(f"/proc/{dovecot}"))


if __name__ == "__main__":
    unittest.main()
