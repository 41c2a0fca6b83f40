"""How the desk fares beside many conversations: fills a store with copies of real ones, and times what staff and visitors do.

    python3 tests/benches/crowd.py [--conversations 1000000] [--binary target/release/mondo]

A server is started on a new folder, three conversations are led through its API (one answered, one settled by a person, one
waiting), and their rows are copied under new names over a year: four of five answered, the rest settled, a thousand waiting.
What was said stays sealed as it was. The copies are no record that could be verified. It talks only to the server it starts on
127.0.0.1, and the folder goes away at the end; a million conversations need some 7 GB.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DAY_MS = 86_400_000
WAITING = 1_000
TIMES = 20

parser = argparse.ArgumentParser()
parser.add_argument("--conversations", type=int, default=1_000_000)
parser.add_argument("--binary", type=Path, default=ROOT / "target/release/mondo")
arguments = parser.parse_args()
# It is started from another folder.
arguments.binary = arguments.binary.resolve()

folder = Path(tempfile.mkdtemp(prefix="mondo-crowd-"))
data = folder / "data"
environment = {name: value for name, value in os.environ.items() if not name.startswith("MONDO__")}
environment |= {"MONDO__ENCODER__MODE": "fast"}
environment |= {f"MONDO__HTTP__LIMITS__{who}__QUESTIONS_PER_MINUTE": "0" for who in ("ADDRESS", "VISITOR")}


class Server:
    """A server on the folder."""

    running = []

    def __init__(self):
        flags = ["serve", "--listen", "127.0.0.1:0", "--data", str(data), "--kb", str(ROOT / "tests/knowledge")]
        self.process = subprocess.Popen([arguments.binary, *flags], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
        Server.running.append(self)
        begun = time.monotonic()
        for line in self.process.stderr:
            found = re.search(r"answers from .* at (http://\S+)/$", line)
            if found:
                self.url = found[1]
                self.started = time.monotonic() - begun
                break
        else:
            raise SystemExit("the server did not start")
        # The pipe is kept empty.
        subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def memory(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024

    def send(self, method, path, body=None, headers=None):
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, {"content-type": "application/json", **(headers or {})}, method=method)
        with urllib.request.urlopen(request) as response:
            text = response.read()
            self.cookies = response.headers.get_all("set-cookie") or []
            return json.loads(text) if "json" in (response.headers["content-type"] or "") else text

    def signs_in(self, password):
        told = self.send("POST", "/v1/staff/session", {"email": "ada@example.com", "password": password})
        cookie = "; ".join(line.split(";")[0] for line in self.cookies)
        return {"cookie": cookie, "x-csrf-token": told["csrf"]}

    def opens(self):
        opened = self.send("POST", "/v1/conversations", {})
        return opened["id"], {"mondo-visitor": opened["visitor_secret"]}


def led(server, agent):
    """Leads the three conversations, and returns their ids."""
    answered, visitor = server.opens()
    said = server.send("POST", f"/v1/conversations/{answered}/messages", {"text": "When is the shop open?"}, visitor)
    server.send("POST", f"/v1/conversations/{answered}/messages/{said['reply']['id']}/feedback", {"rating": "helpful"}, visitor)
    settled, visitor = server.opens()
    server.send("POST", f"/v1/conversations/{settled}/messages", {"text": "My teapot arrived broken"}, visitor)
    server.send("POST", f"/v1/conversations/{settled}/escalate", {"reason": "It is broken"}, visitor)
    for act in ("claim", "close"):
        server.send("POST", f"/v1/staff/conversations/{settled}/acts", {"act": act}, agent)
        if act == "claim":
            server.send("POST", f"/v1/staff/conversations/{settled}/messages", {"text": "A new one is on its way."}, agent)
    server.send("POST", f"/v1/conversations/{settled}/satisfaction", {"score": 5}, visitor)
    waiting, visitor = server.opens()
    server.send("POST", f"/v1/conversations/{waiting}/messages", {"text": "Where is my parcel?"}, visitor)
    server.send("POST", f"/v1/conversations/{waiting}/escalate", {"reason": "It is late"}, visitor)
    return answered, settled, waiting


# Tables whose rows belong to a conversation, in the order in which others refer to them; how its rows are found.
TABLES = {
    "conversations": "id = :conversation",
    "conversation_owners": "conversation = :conversation",
    "answers": "conversation = :conversation",
    "messages": "conversation = :conversation",
    "tickets": "conversation = :conversation",
    "events": "conversation = :conversation",
    "feedback": "message IN (SELECT id FROM messages WHERE conversation = :conversation)",
    "satisfaction": "conversation = :conversation",
    "search_terms": "subject = :conversation OR subject IN (SELECT id FROM tickets WHERE conversation = :conversation)",
}
OWN_IDS = ("conversations", "answers", "messages", "tickets")


class Copies:
    """Copies the rows of a conversation under new names."""

    counter = 0

    def __init__(self, connection, conversation):
        self.rows = {}
        self.ids = []
        for table, condition in TABLES.items():
            cursor = connection.execute(f"SELECT * FROM {table} WHERE {condition}", {"conversation": conversation})
            names = [column[0] for column in cursor.description]
            self.rows[table] = (names, cursor.fetchall())
            if table in OWN_IDS:
                self.ids += [row[names.index("id")] for row in self.rows[table][1]]
        self.begun = min(row[self.rows["conversations"][0].index("created")] for row in self.rows["conversations"][1])

    def at(self, moment, number):
        """Yields (table, row) of a copy that begins at a moment."""
        renamed = {}
        for known in self.ids:
            Copies.counter += 1
            stamp = f"{moment:012x}"
            renamed[known] = f"{stamp[:8]}-{stamp[8:]}-7{Copies.counter >> 32 & 0xFFF:03x}-8{Copies.counter >> 20 & 0xFFF:03x}-{Copies.counter & 0xFFFFF:012x}"
        shift = moment - self.begun
        for table, (names, rows) in self.rows.items():
            for row in rows:
                copy = [
                    renamed.get(value, value)
                    if isinstance(value, str)
                    else value + shift
                    if isinstance(value, int) and value > 1_000_000_000_000
                    else value
                    for value in row
                ]
                if table == "tickets":
                    copy[names.index("number")] = number
                yield table, copy


def filled(ids):
    """Fills the store, and returns how many rows it has and how long that took."""
    connection = sqlite3.connect(next(data.glob("*.sqlite")))
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF")
    answered, settled, waiting = (Copies(connection, one) for one in ids)
    statements = {}
    for table in TABLES:
        columns = len(connection.execute(f"SELECT * FROM {table} LIMIT 0").description)
        statements[table] = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"
    begun = time.monotonic()
    now = int(time.time() * 1_000)
    count = arguments.conversations
    pending = {table: [] for table in TABLES}
    rows = 0
    for number in range(count):
        moment = now - 365 * DAY_MS + number * 365 * DAY_MS // count
        kind = waiting if number >= count - WAITING else settled if number % 5 == 0 else answered
        for table, row in kind.at(moment, 1_000 + number):
            pending[table].append(row)
        if number % 5_000 == 4_999 or number == count - 1:
            for table, waits in pending.items():
                connection.executemany(statements[table], waits)
                rows += len(waits)
                waits.clear()
            connection.commit()
    connection.execute("UPDATE counters SET value = ? WHERE name = 'ticket'", (2_000 + count,))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return rows, time.monotonic() - begun


def timed(what, work, times=TIMES, before=lambda: None):
    spent = []
    for _ in range(times):
        before()
        begun = time.monotonic()
        work()
        spent.append((time.monotonic() - begun) * 1_000)
    first = spent[0]
    spent.sort()
    print(f"  {what:<44} first {first:8.1f} ms, median {spent[len(spent) // 2]:8.1f} ms, longest {spent[-1]:8.1f} ms", flush=True)


def counted():
    """Waits until the days that are over are counted, and returns how many seconds that took."""
    begun = time.monotonic()
    today = int(time.time()) // 86_400 * DAY_MS
    connection = sqlite3.connect(f"file:{next(data.glob('*.sqlite'))}?mode=ro", uri=True)
    has_old = connection.execute("SELECT EXISTS (SELECT 1 FROM answers WHERE created < ?)", (today,)).fetchone()[0]
    while has_old and connection.execute("SELECT value FROM counters WHERE name = 'outcomes'").fetchone()[0] < today:
        if time.monotonic() - begun > 1_800:
            raise SystemExit("the days were not counted in half an hour")
        time.sleep(1)
    connection.close()
    return time.monotonic() - begun


def looked_at(name):
    server = Server()
    agent = server.signs_in(password)
    get = lambda path: lambda: server.send("GET", path, headers=agent)
    print(f"{name}: started in {server.started:.1f} s")
    conversation, visitor = server.opens()

    def says():
        server.send("POST", f"/v1/conversations/{conversation}/messages", {"text": "Do you wrap gifts?"}, visitor)

    timed("a visitor opens a conversation", server.opens)
    timed("a visitor asks", says)
    timed("the queue", get("/v1/staff/queue"))
    # What is read once for all who look has to be read anew after each change.
    timed("the queue after something was said", get("/v1/staff/queue"), before=says)
    timed("what the bot answers", get("/v1/staff/queue?state=bot"), before=says)
    timed("what is closed", get("/v1/staff/queue?state=closed"), before=says)
    timed("the desk in the console", get("/console"), before=says)
    timed("a conversation with its ticket", get(f"/console/conversations/{ids[1]}/ticket"))
    timed("tickets that are open", get("/v1/staff/tickets"))
    timed("tickets of any status", get("/v1/staff/tickets?any_status=true"))
    timed("a search for what a fifth of all says", get("/v1/staff/tickets?q=teapot"), 5)
    timed("a search for what nobody says", get("/v1/staff/tickets?q=zeppelin"), 5)
    print(f"  the days of a year were counted after {counted():.0f} s", flush=True)
    timed("insights of 30 days", get("/console/insights?days=30"), 3)
    timed("conversations behind a number", get("/v1/staff/insights/conversations?days=30&what=answered"), 5)
    timed("the report of the last month", get("/v1/staff/insights/report"), 3)
    print(f"  memory {server.memory()} MiB")
    server.stop()


try:
    add = ["user", "add", "ada@example.com", "--name", "Ada", "--role", "admin", "--data", str(data)]
    password = subprocess.run([arguments.binary, *add], cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    server = Server()
    ids = led(server, server.signs_in(password))
    server.stop()
    looked_at("3 conversations")
    rows, seconds = filled(ids)
    size = sum(file.stat().st_size for file in data.iterdir() if file.is_file()) / 1e9
    print(f"{arguments.conversations} conversations more: {rows} rows in {seconds:.0f} s, {size:.1f} GB")
    looked_at(f"{arguments.conversations} conversations")
finally:
    for server in Server.running:
        server.process.kill()
        server.process.wait()
    shutil.rmtree(folder, ignore_errors=True)
