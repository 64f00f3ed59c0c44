"""b24pysdk, unmodified. Environment: SANDBOX (the JSON line of the sandbox), CODE (of a sign-in), WEBHOOK."""

import json
import os
import sys
import urllib.request
from urllib.parse import urlsplit

from b24pysdk import BitrixApp, BitrixToken, BitrixWebhook, Client
from b24pysdk.errors import BitrixAPIError

sandbox = json.loads(os.environ["SANDBOX"])
domain = urlsplit(sandbox["portal"]).netloc


def check(step, actual, expected=True):
    if actual != expected:
        sys.exit(f"{step}: FAILED, {actual!r}")
    print(f"{step}: ok")


def control(patch):
    """Changes the state of the sandbox."""
    request = urllib.request.Request(
        f"{sandbox['control']}/state", json.dumps(patch).encode(), method="PATCH"
    )
    urllib.request.urlopen(request).close()


def calls(token):
    check("call", token.call_method("profile")["result"]["ID"], "1")
    check("client", Client(token).user.current().response.result["ID"], "1")
    people = [("user.get", {"ID": [1, 2]}), ("profile", {})]
    check("batch", len(token.call_batch(people)["result"]["result"][0]), 2)


if os.environ.get("WEBHOOK") == "1":
    calls(BitrixWebhook(domain=domain, webhook_token="/".join(sandbox["webhook"].split("/")[-2:])))
    sys.exit()

app = BitrixApp(client_id=sandbox["clientId"], client_secret=sandbox["clientSecret"])
oauth = app.get_oauth_token(os.environ["CODE"])
check("sign-in", oauth.user_id, 1)
token = BitrixToken(
    domain=domain,
    auth_token=oauth.oauth_token.access_token,
    refresh_token=oauth.oauth_token.refresh_token,
    bitrix_app=app,
)
calls(token)
pushed = token.call_method(
    "pull.application.push.add", {"USER_ID": [1, 2], "TEXT": "From b24pysdk"}
)
check("push", pushed["result"])
before = token.auth_token
control({"clockOffset": 3700})
check("refresh", token.call_method("profile")["result"]["ID"], "1")
check("new token", token.auth_token != before)
control({"clockOffset": 0})
try:
    token.call_method("no.such.method")
except BitrixAPIError as error:
    check("refusal", error.error.lower(), "error_method_not_found")
info = token.get_app_info()
check("app.info", info.result.client_id, sandbox["clientId"])
