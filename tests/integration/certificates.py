"""Certificates for tests, made by the program openssl in a folder."""
import pathlib
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


class Authority:
    """Signs certificates; `ca` is the file of its own."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.ca = self.folder / f"{name}.pem"
        self._key = self.folder / f"{name}.key"
        self._serial = 0
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self._key,
                 "-out", self.ca, "-days", 2, "-subj", f"/CN={name}")

    def sign(self, host, days=2):
        """The files of a certificate for a host name and of its key."""
        self._serial += 1
        stem = self.folder / f"{self.name}-{self._serial}"
        request, key, certificate, extension = (stem.with_suffix(end) for end in (".csr", ".key", ".crt", ".ext"))
        extension.write_text(f"subjectAltName=DNS:{host}\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
                 "-subj", f"/CN={host}")
        _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self._key, "-set_serial", self._serial,
                 "-days", days, "-extfile", extension, "-out", certificate)
        return certificate, key
