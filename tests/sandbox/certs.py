"""A certificate authority for one run, made by openssl, and server contexts signed by it. EC keys: their
handshakes cost a tenth of RSA's."""
import ssl
import subprocess
from pathlib import Path

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def run(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def make(folder):
    """Writes ca.pem (for clients), server.pem and server.key; returns the server's context."""
    folder = Path(folder)
    ca, ca_key = str(folder / "ca.pem"), str(folder / "ca.key")
    cert, key, request = (str(folder / name) for name in ("server.pem", "server.key", "server.csr"))
    extensions = folder / "server.ext"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    run("req", "-x509", *KEY, "-keyout", ca_key, "-out", ca, "-days", "30", "-subj", "/CN=heed sandbox CA",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    run("req", *KEY, "-keyout", key, "-out", request, "-subj", "/CN=localhost")
    run("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-out", cert,
        "-days", "30", "-extfile", str(extensions))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
