#!/usr/bin/env python3
"""Prints in GB/s what a user would get instead of the pipe: TLS 1.3 of OpenSSL between two processes, as its defaults have it.

usage: tls.py [--megabytes N] [--runs N]

The certificate is made for the run by the program openssl. The time runs from the first byte to the end mark, which the
receiver has read. Median of the runs.
"""
import argparse
import os
import socket
import ssl
import statistics
import subprocess
import tempfile
import time

MB = 1 << 20


def serve(listener, certificate, key, total):
    """In a process of its own: reads all, then says so by a byte."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with listener.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as tls:
        place, got = memoryview(bytearray(256 << 10)), 0
        while got < total:
            n = tls.recv_into(place)
            if n == 0:
                os._exit(1)
            got += n
        tls.sendall(b"x")
    os._exit(0)


def transfer(certificate, key, megabytes):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        child = os.fork()
        if child == 0:
            serve(listener, certificate, key, megabytes * MB)
        context = ssl.create_default_context(cafile=certificate)
        piece = os.urandom(MB)
        with socket.create_connection(listener.getsockname()) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as tls:
            began = time.monotonic()
            for _ in range(megabytes):
                tls.sendall(piece)
            if tls.recv(1) != b"x":
                raise SystemExit("tls.py: not all arrived")
            took = time.monotonic() - began
    os.waitpid(child, 0)
    return took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = os.path.join(folder, "certificate"), os.path.join(folder, "key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", certificate, "-days", "1",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
        rates = [args.megabytes * MB / transfer(certificate, key, args.megabytes) / 1e9 for _ in range(args.runs)]
    print("%.2f" % statistics.median(rates))


if __name__ == "__main__":
    main()
