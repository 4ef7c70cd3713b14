"""An identity provider on this machine: keys that change, tokens good and bad, and the code flow as a strict provider does it."""

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

AUDIENCE = "purser-tests"
SECRET = "a secret: of +%tests"


class Key:
    def __init__(self, identifier, algorithm="RS256", private=None):
        self.identifier, self.algorithm = identifier, algorithm
        curves = algorithm.startswith("ES")
        self.private = private or (ec.generate_private_key(ec.SECP256R1()) if curves else rsa.generate_private_key(65537, 2048))

    @property
    def public(self):
        kind = jwt.algorithms.ECAlgorithm if self.algorithm.startswith("ES") else jwt.algorithms.RSAAlgorithm
        return kind.to_jwk(self.private.public_key(), as_dict=True) | {"kid": self.identifier, "use": "sig"}


class Issuer:
    def __init__(self, url):
        self.url = url
        self.keys = [Key("first"), Key("curve", "ES256")]
        self.person = {}
        self.codes = {}
        self.asked = []
        self.stalls = False
        self.released = threading.Event()
        self._server = None

    def start(self):
        address = urllib.parse.urlsplit(self.url)
        self._server = http.server.ThreadingHTTPServer((address.hostname, address.port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    # Tokens

    def claims(self, subject="7", **claims):
        now = int(time.time())
        return {"iss": self.url, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 300} | claims

    def token(self, claims, key=None, **headers):
        key = key or self.keys[0]
        return jwt.encode(claims, key.private, key.algorithm, {"kid": key.identifier} | headers)

    def person_token(self, role, subject="7", key=None, **claims):
        return self.token(self.claims(subject, purser_role=role, **claims), key)

    # The code flow

    def authorize(self, location, **changes):
        """What the provider's page does once somebody has signed in there: the path that the browser is sent back to."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query, strict_parsing=True))
        assert location.startswith(self.url + "/authorize?") and query["response_type"] == "code" and query["client_id"] == AUDIENCE
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split()
        assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        code = f"code {len(self.codes)}"
        self.codes[code] = query
        back = urllib.parse.urlsplit(query["redirect_uri"])
        return back.path + "?" + urllib.parse.urlencode({"code": code, "state": query["state"]} | changes)

    def redeem(self, form, authorization):
        """The answer to a code: status and body."""
        asked = self.codes.pop(form.get("code"), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        known = base64.b64encode(f"{AUDIENCE}:{urllib.parse.quote(SECRET, safe='')}".encode()).decode()
        if authorization != f"Basic {known}":
            return 401, {"error": "invalid_client"}
        if not asked or form.get("grant_type") != "authorization_code" or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        claims = self.claims(nonce=asked["nonce"]) | self.person
        return 200, {"token_type": "Bearer", "access_token": "none", "id_token": self.token(claims)}

    def _handler(self):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                if self.path == "/.well-known/openid-configuration":
                    self.answer(200, {
                        "issuer": issuer.url, "authorization_endpoint": issuer.url + "/authorize", "token_endpoint": issuer.url + "/token",
                        "jwks_uri": issuer.url + "/keys", "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                    })
                elif self.path == "/keys":
                    self.answer(200, {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}] + [key.public for key in issuer.keys]})
                else:
                    self.answer(404, {})

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True))
                self.answer(*issuer.redeem(form, self.headers["Authorization"]))

            def answer(self, status, body):
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if issuer.stalls:
                    self.wfile.write(content[:1])
                    issuer.released.wait(60)
                    return
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        return Handler
