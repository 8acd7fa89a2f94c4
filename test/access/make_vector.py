"""Writes vector.hex: an encrypted file made by docs/encryption.md with another implementation (cryptography 48)."""

import pathlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY = bytes(range(32))
SALT = bytes(range(100, 132))
PLAIN = b"model bytes " * 400
CHUNK_POWER = 12

derived = HKDF(SHA256(), 71, SALT, b"base-ml-service encrypted model v1").derive(KEY)
cipher, commitment, prefix = derived[:32], derived[32:64], derived[64:]
key_id = "vector".encode()
head = b"\x89BMLS\r\n\x1a" + bytes([1, CHUNK_POWER, len(key_id), 0]) + struct.pack("<Q", len(PLAIN))
head += SALT + commitment + key_id
chunk = 1 << CHUNK_POWER
file = head
for index, at in enumerate(range(0, len(PLAIN), chunk)):
    last = at + chunk >= len(PLAIN)
    nonce = prefix + struct.pack(">I", index) + bytes([last])
    file += AESGCM(cipher).encrypt(nonce, PLAIN[at : at + chunk], head)
pathlib.Path(__file__).with_name("vector.hex").write_text(file.hex() + "\n")
