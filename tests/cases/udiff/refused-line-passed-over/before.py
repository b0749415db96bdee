__all__ = [
    "load_pem_public_key",
    "load_ssh_public_identity",
    "load_ssh_public_key",
    "Encoding",
]
