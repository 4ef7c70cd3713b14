"""A browser without scripts: cookies, links and forms of the dashboard's pages, checked for what every page must be."""

import dataclasses
import html.parser
import http.client
import http.cookies
import re
import urllib.parse

POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class _Reader(html.parser.HTMLParser):
    """The elements of a page, with their text; fails where they do not close each other."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.forms, self._open = [], [], []

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes))
        assert len(element.attributes) == len(attributes), f"an attribute stands twice: {attributes}"
        self.elements.append(element)
        if tag == "form":
            self.forms.append(Form(element.attributes.get("action"), element.attributes.get("method", "get"), {}))
        if self.forms and "form" in self._open and element.attributes.get("name"):
            if tag == "input" and element.attributes.get("type") not in ("radio", "checkbox"):
                self.forms[-1].fields[element.attributes["name"]] = element.attributes.get("value", "")
            if tag == "select":
                self.forms[-1].fields[element.attributes["name"]] = ""
                self._select = element.attributes["name"]
        if tag == "option" and "selected" in element.attributes:
            self.forms[-1].fields[self._select] = element.attributes["value"]
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        for element in self.elements[-1:]:
            element.text += data


@dataclasses.dataclass
class Element:
    tag: str
    attributes: dict
    text: str = ""


@dataclasses.dataclass
class Form:
    action: str
    method: str
    fields: dict


@dataclasses.dataclass
class Page:
    status: int
    headers: http.client.HTTPMessage
    text: str
    path: str

    def __post_init__(self):
        reader = _Reader()
        if (self.headers.get("Content-Type") or "").startswith("text/html"):
            reader.feed(self.text)
            reader.close()
            assert not reader._open, f"not closed: {reader._open}"
        self.elements, self.forms = reader.elements, reader.forms

    def all(self, tag, **attributes):
        return [e for e in self.elements if e.tag == tag and all(e.attributes.get(k.rstrip("_").replace("_", "-")) == v for k, v in attributes.items())]

    def form(self, action):
        (form,) = [form for form in self.forms if form.action and form.action.endswith(action)]
        return form

    @property
    def links(self):
        """To pages; not to files."""
        return [e.attributes["href"] for e in self.all("a") if "download" not in e.attributes]

    @property
    def words(self):
        """What is read, without markup."""
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", self.text)))


class Browser:
    def __init__(self, url, follows=True, awaits=()):
        """`awaits`: failures of the server that a test provokes."""
        self.awaits = awaits
        self.url = url.rstrip("/")
        self.cookies = {}
        self.follows = follows
        self._address = urllib.parse.urlsplit(self.url)

    def get(self, path, **headers):
        return self._call("GET", path, None, headers)

    def send(self, form, /, origin=None, **fields):
        """Sends a form as a browser does, with some of its fields changed."""
        filled = {name: value for name, value in (form.fields | fields).items() if value is not None}
        if form.method == "get":
            return self.get(form.action + "?" + urllib.parse.urlencode(filled))
        return self.post(form.action, filled)

    def post(self, path, fields, /, **headers):
        own = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {name: value for name, value in (own | sent).items() if value is not None}
        body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
        return self._call("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | merged)

    def sign_in(self, key, to="/dashboard"):
        page = self.get("/dashboard/sign-in?to=" + urllib.parse.quote(to, safe=""))
        return self.send(page.form("/dashboard/sign-in"), key=key)

    def _call(self, method, path, body, headers):
        kind = http.client.HTTPSConnection if self._address.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._address.netloc, timeout=60)
        try:
            if self.cookies:
                headers = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            connection.request(method, self._address.path + path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            answer = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, cookie in http.cookies.SimpleCookie(line).items():
                # The provider sends the browser back from another site.
                kind = ("Lax", "/dashboard/sign-in") if name == "purser_attempt" else ("Strict", "/dashboard")
                assert cookie["httponly"] and (cookie["samesite"], cookie["path"]) == kind, line
                if cookie["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value
        self.check(response, answer, self.awaits)
        if self.follows and response.status == 303 and response.headers["Location"].startswith("/"):
            return self.get(response.headers["Location"])
        return Page(response.status, response.headers, answer, path)

    def status(self, method, path):
        """Of an answer that need not be a page."""
        connection = http.client.HTTPConnection(self._address.netloc, timeout=60)
        try:
            connection.request(method, path, headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())})
            return connection.getresponse().status
        finally:
            connection.close()

    @staticmethod
    def check(response, text, awaits=()):
        """What every page is, whatever it shows."""
        assert response.status < 500 or response.status in awaits, text[:1000]
        if response.headers["Content-Type"] and response.headers["Content-Type"].startswith("text/css"):
            return
        if response.headers["Content-Disposition"]:
            assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox" and response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            return
        if response.status != 303:
            assert response.headers["Content-Type"] == "text/html; charset=utf-8", (response.status, text[:300])
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "<script" not in text.lower() and not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', text), re.I)
        assert not re.search(r"<[^>]*\sstyle\s*=", re.sub(r'"[^"]*"', '""', text))
