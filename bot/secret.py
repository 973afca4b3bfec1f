"""Secrets: read from environment variables that the profile names, and from nowhere else."""

import os

from bot.errors import DeliveryRefused


def read_secret(variable: str) -> str:
    """The secret in an environment variable; raises DeliveryRefused when it is not set."""
    secret = os.environ.get(variable, "").strip()
    if not secret:
        raise DeliveryRefused(
            f"The environment variable {variable} is not set: set it to the secret that the"
            " profile names it for, and start again."
        )
    return secret
