"""Where the tests find the web interface."""

import os

import pytest

from interface import Interface


@pytest.fixture(scope="session")
def interface() -> Interface:
    """The program that listens."""
    return Interface(os.environ["SANDPRESS_URL"])


@pytest.fixture(scope="session")
def deployed() -> Interface:
    """The same as the template deploys it: a function behind an API."""
    return Interface(os.environ["SANDPRESS_API_URL"])
