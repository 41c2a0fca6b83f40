"""Makes the people that schemathesis asks as, with what they work on, and prints the variables of `run`."""

import json
import os
import sys
import urllib.request

SERVER = sys.argv[1]


def call(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    sent = {"content-type": "application/json", **(headers or {})}
    request = urllib.request.Request(SERVER + path, data, sent, method=method)
    with urllib.request.urlopen(request) as reply:
        return reply.headers, json.loads(reply.read() or b"null")


def signed_in(email, password):
    headers, told = call("POST", "/v1/staff/session", {"email": email, "password": password})
    cookie = headers["set-cookie"].split(";")[0]
    session = {"cookie": cookie, "x-csrf-token": told["csrf"]}
    call("POST", "/v1/staff/session/proof", {"password": password}, session)
    return session


def conversation():
    _, opened = call("POST", "/v1/conversations", {"page": "en"})
    return opened["id"], {"mondo-visitor": opened["visitor_secret"]}


admin = signed_in("ada@example.com", os.environ["ADMIN_PASSWORD"])
agent = signed_in("sora@example.com", os.environ["AGENT_PASSWORD"])
colleague = {"email": "ken@example.com", "name": "Ken", "role": "agent"}
_, colleague = call("POST", "/v1/staff/agents", colleague, admin)
_, me = call("GET", "/v1/staff/session", None, admin)
_, key = call("POST", "/v1/staff/keys", {"name": "test", "scopes": me["agent"]["permissions"]}, admin)
_, webhook = call("POST", "/v1/staff/webhooks", {"url": "https://example.com/hooks/mondo"}, admin)
source = {"name": "monitor", "format": "mondo", "agent": colleague["id"]}
call("POST", "/v1/staff/sources", source, admin)

# One conversation is its visitor's and the bot's, another one waits for the agent and has a ticket.
own, visitor = conversation()
path = f"/v1/conversations/{own}"
_, said = call("POST", f"{path}/messages", {"text": "When is the shop open?"}, visitor)
handed, other = conversation()
call("POST", f"/v1/conversations/{handed}/messages", {"text": "My parcel 12345678 is lost"}, other)
_, ticket = call("POST", f"/v1/conversations/{handed}/escalate", {"reason": "It is lost"}, other)
call("POST", f"/v1/staff/conversations/{handed}/acts", {"act": "claim"}, agent)
_, whole = call("GET", f"/v1/staff/conversations/{handed}", None, agent)
_, knowledge = call("GET", "/v1/staff/knowledge", None, admin)

names = {
    "AGENT_COOKIE": agent["cookie"],
    "AGENT_CSRF": agent["x-csrf-token"],
    "ADMIN_COOKIE": admin["cookie"],
    "ADMIN_CSRF": admin["x-csrf-token"],
    "KEY": key["token"],
    "VISITOR": visitor["mondo-visitor"],
    "VISITOR_CONVERSATION": own,
    "VISITOR_MESSAGE": said["reply"]["id"],
    "STAFF_CONVERSATION": handed,
    "STAFF_MESSAGE": whole["messages"][0]["id"],
    "TICKET": ticket["number"],
    "COLLEAGUE": colleague["id"],
    "WEBHOOK": webhook["webhook"]["id"],
    "SOURCE": "monitor",
    "ARTICLE": knowledge["articles"][0]["id"],
}
for name, value in names.items():
    print(f"export {name}='{value}'")
