"""What is kept sealed, and what is derived, by one secret that is not in the database."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet


class Sealer:
    """Seals by Fernet (AES-128-CBC with HMAC-SHA256), derives by HMAC-SHA256: a key of its own for each purpose."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._fernet = Fernet(urlsafe_b64encode(self.derive("seal", b"")))

    def seal(self, content: bytes) -> bytes:
        """Sealed content, to be kept."""
        return self._fernet.encrypt(content)

    def unseal(self, sealed: bytes) -> bytes:
        """The content. Raises cryptography.fernet.InvalidToken: it was sealed with another secret."""
        return self._fernet.decrypt(sealed)

    def derive(self, purpose: str, content: bytes) -> bytes:
        """32 bytes that only who knows the secret can compute."""
        return hmac.digest(self._secret, purpose.encode() + b"\0" + content, hashlib.sha256)
