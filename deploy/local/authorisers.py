"""Whom the template's authorisers let in: everybody to the page, to its API those with a token or a signature."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from emulator import REGION, Emulator
from stack import Stack, api_url

PASSWORD = "Correct-horse-7"
LIMITS = "api/limits"
REFUSED_TOKEN, REFUSED_SIGNATURE = 401, 403


@dataclass(frozen=True)
class Caller:
    """Somebody who asks for the page and for the API, what they are answered, and what they must be."""

    who: str
    page: int
    api: int
    expected: int

    def line(self) -> tuple[str, str, str]:
        """A line of the table."""
        return self.who, str(self.page), str(self.api)


def mistaken(callers: list[Caller]) -> Iterator[str]:
    """Who is let in or kept out by mistake."""
    for caller in callers:
        if (caller.page, caller.api) != (200, caller.expected):
            yield f"{caller.who}: {caller.page} for the page, {caller.api} and not {caller.expected} for the API"


class Tokens:
    """`Web=jwt`, with a user pool of Cognito that signs the tokens."""

    def parameters(self, emulator: Emulator) -> dict[str, str]:
        """What the template is told, once there is somebody who has a token."""
        cognito = emulator.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
        self._clients = [self._client(cognito, pool, name) for name in ("sandpress", "another")]
        cognito.admin_create_user(UserPoolId=pool, Username="somebody", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username="somebody", Password=PASSWORD, Permanent=True)
        issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{pool}"
        return {"Web": "jwt", "WebJwtIssuer": issuer, "WebJwtAudience": self._clients[0]}

    def callers(self, emulator: Emulator, stack: Stack) -> list[Caller]:
        """Ask with and without a token, and with those that are not good."""
        ours, another = (self._token(emulator, client) for client in self._clients)
        head, claims, signature = ours.split(".")
        tokens = [
            ("who has a token", ours, 200),
            ("who has none", None, REFUSED_TOKEN),
            ("whose token is for another application", another, REFUSED_TOKEN),
            ("whose token has another's claims", f"{head}.{another.split('.')[1]}.{signature}", REFUSED_TOKEN),
            ("whose token is not signed", f"{head}.{claims}.", REFUSED_TOKEN),
        ]
        return [
            _asked(emulator, stack, who, {"Authorization": f"Bearer {token}"} if token else {}, expected)
            for who, token, expected in tokens
        ]

    def _client(self, cognito: Any, pool: str, name: str) -> str:
        made = cognito.create_user_pool_client(
            UserPoolId=pool, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )
        return str(made["UserPoolClient"]["ClientId"])

    def _token(self, emulator: Emulator, client: str) -> str:
        answer = emulator.client("cognito-idp").initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "somebody", "PASSWORD": PASSWORD},
        )
        return str(answer["AuthenticationResult"]["IdToken"])


class Signatures:
    """`Web=iam`, with a user who may invoke the API, and one who may not."""

    def parameters(self, _emulator: Emulator) -> dict[str, str]:
        """What the template is told."""
        return {"Web": "iam"}

    def callers(self, emulator: Emulator, stack: Stack) -> list[Caller]:
        """Ask with and without a signature, and with those of somebody who may not."""
        api = f"arn:aws:execute-api:{REGION}:*:{stack.outputs['WebApiId']}/*/*/api/*"
        permitted, stranger = self._user(emulator, "permitted", api), self._user(emulator, "stranger", None)
        forged = Credentials(permitted.access_key, "not this one")
        credentials = [
            ("who may invoke the API", permitted, 200),
            ("who does not sign", None, REFUSED_SIGNATURE),
            ("who may not invoke it", stranger, REFUSED_SIGNATURE),
            ("who signs with another key than they name", forged, REFUSED_SIGNATURE),
        ]
        return [
            _asked(emulator, stack, who, _signed(emulator, stack, signer) if signer else {}, expected)
            for who, signer, expected in credentials
        ]

    def _user(self, emulator: Emulator, name: str, api: str | None) -> Credentials:
        iam = emulator.client("iam")
        iam.create_user(UserName=name)
        if api:
            statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": api}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_user_policy(UserName=name, PolicyName="invoke", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


ACCESSES = (Tokens(), Signatures())


def _asked(emulator: Emulator, stack: Stack, who: str, headers: dict[str, str], expected: int) -> Caller:
    # The page is asked for without anything: that is how a browser asks.
    page = api_url(emulator, stack)
    return Caller(who, _answer(page, {}), _answer(f"{page}{LIMITS}", headers), expected)


def _answer(url: str, headers: dict[str, str]) -> int:
    """The status of the answer."""
    request = urllib.request.Request(url, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _signed(emulator: Emulator, stack: Stack, credentials: Credentials) -> dict[str, str]:
    """The headers of a request for the limits that these credentials have signed."""
    request = AWSRequest("GET", f"{api_url(emulator, stack)}{LIMITS}")
    SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
    return dict(request.headers.items())
