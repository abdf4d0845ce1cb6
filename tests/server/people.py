"""An identity provider for tests: who asks says so, as a hub does."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth import IdentityProvider, User


class Named(IdentityProvider):
    """Knows people by a header, once they have shown the token."""

    async def _get_user(self, handler: Any) -> User | None:
        found = await super()._get_user(handler)
        name = handler.request.headers.get("X-Person")
        return User(name, name, name.title()) if found is not None and name else found

    def get_user(self, handler: Any) -> Any:
        """Return who asks."""
        return self._get_user(handler)
