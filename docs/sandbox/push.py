"""Signs in to the sandbox, sends a push as an application does, and looks at what arrived."""

import json
import pathlib
import urllib.error
import urllib.parse
import urllib.request

sandbox = json.loads(pathlib.Path("sandbox.json").read_text(encoding="utf-8"))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def ask(url, form=None):
    """Sends a GET, or a POST if there is a form, and returns the JSON of the answer."""
    body = None if form is None else urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(url, body) as answer:
        return json.load(answer)


def code_for(user_id):
    """Signs in without a browser: sandbox_user says who would do it."""
    query = urllib.parse.urlencode(
        {"client_id": sandbox["clientId"], "state": "x", "sandbox_user": user_id}
    )
    try:
        urllib.request.build_opener(NoRedirect).open(f"{sandbox['portal']}/oauth/authorize/?{query}")
    except urllib.error.HTTPError as redirect:
        callback = urllib.parse.urlsplit(redirect.headers["location"]).query
        return urllib.parse.parse_qs(callback)["code"][0]
    raise AssertionError("The sandbox did not redirect.")


# 1 is an administrator, who may send pushes.
tokens = ask(
    f"{sandbox['authServer']}/oauth/token/",
    {
        "grant_type": "authorization_code",
        "client_id": sandbox["clientId"],
        "client_secret": sandbox["clientSecret"],
        "code": code_for(1),
    },
)

# From here on it is your application's turn.
answer = ask(
    f"{tokens['client_endpoint']}pull.application.push.add",
    [
        ("auth", tokens["access_token"]),
        ("USER_ID[]", 1),
        ("USER_ID[]", 3),
        ("TEXT", "Order 42 is ready"),
    ],
)
assert answer["result"] is True, answer

# A real portal tells a sender nothing but `true`. The sandbox also tells what became of the push.
last = ask(f"{sandbox['control']}/pushes")[-1]
assert last["text"] == "Order 42 is ready", last
assert last["delivered"] == [1], last
assert last["dropped"] == [{"id": 3, "reason": "desktopOpen"}], last
print("The push arrived.")
