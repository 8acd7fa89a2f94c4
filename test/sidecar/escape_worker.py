"""A worker whose task tries to get out. Started by the tests in place of worker.py."""

import os
import socket
import subprocess  # noqa: F401
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/sidecar/python"))

from ml_sidecar.main import OUT, main  # noqa: E402


def read_file():
    with open("/etc/passwd", "rb") as file:
        return file.read(1)


def list_folder():
    return os.listdir("/etc")


def stat_file():
    return os.stat("/etc/passwd").st_size


def write_file(path):
    def attempt():
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            return os.write(fd, b"x" * 10)
        finally:
            os.close(fd)
            os.unlink(path)

    return attempt


def tcp(port):
    def attempt():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.settimeout(2)
            sock.connect(("127.0.0.1", port))

    return attempt


def udp(port):
    def attempt():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x", ("127.0.0.1", port))

    return attempt


def fork():
    if os.fork() == 0:
        os._exit(0)


def execute():
    os.execv("/bin/true", ["/bin/true"])


def allocate():
    return len(bytearray(3 << 30))


def signal_parent():
    os.kill(os.getppid(), 0)


def signal_process(pid):
    return lambda: os.kill(pid, 0)


def read(path):
    def attempt():
        with open(path, "rb") as file:
            return file.read(1)

    return attempt


def abstract_socket(name):
    def attempt():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.connect("\0" + name)

    return attempt


def see_processes():
    """Processes whose command line one can read: done where there are more than a worker and its init."""
    if sum(name.isdigit() for name in os.listdir("/proc")) <= 2:
        raise ProcessLookupError("there are no others")


def gain_rights():
    with open("/proc/self/status") as file:
        status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    if status["NoNewPrivs"].strip() == "1" and not any(int(status[f"Cap{kind}"], 16) for kind in ("Prm", "Eff", "Bnd")):
        raise PermissionError("no right is held, and none can be gained")


def late_import():
    import wave

    return wave.__name__


def sleep():
    time.sleep(600)


def endless():
    while True:
        os.write(OUT, b"B" + (1 << 20).to_bytes(4, "big") + bytes(1 << 20))


def print_endlessly():
    while True:
        os.write(2, bytes(1 << 16))


def garbage():
    os.write(OUT, b"HTTP/1.1 200 OK\r\n\r\n")
    time.sleep(5)


def forged_result():
    os.write(OUT, b'J\x00\x00\x00\x30{"type":"result","id":"0","blobs":[],"result":{}}'[:53])
    time.sleep(5)


def half_a_frame():
    os.write(OUT, b"J\x00\x00\x00\x10{")
    os._exit(0)


def crash():
    os.write(2, b"Segmentation fault, as it were")
    os.abort()


def raise_error():
    raise ValueError("no converter for you")


def quiet_end():
    os._exit(0)


def grandchild():
    if os.fork() == 0:
        os.setsid()
        time.sleep(30)
        os._exit(0)
    time.sleep(600)


class Task:
    @staticmethod
    def prepare(request):
        return {}

    @staticmethod
    def run(model, request, progress):
        attempts = {
            "read": read_file,
            "list": list_folder,
            "stat": stat_file,
            "write": write_file(request.get("path", "")),
            "tcp": tcp(request.get("port", 9)),
            "udp": udp(request.get("port", 9)),
            "fork": fork,
            "exec": execute,
            "allocate": allocate,
            "signal": signal_parent,
            "signal-outside": signal_process(request.get("pid", 1)),
            "read-secret": read(request.get("secret", "")),
            "write-package": write_file(os.path.join(os.path.dirname(os.__file__), f"escape-{os.getpid()}")),
            "abstract": abstract_socket(request.get("abstract", "")),
            "processes": see_processes,
            "rights": gain_rights,
            "import": late_import,
        }
        if request.get("environment"):
            return {"names": sorted(os.environ)}, []
        outcomes = {}
        for name in request.get("attempts", []):
            try:
                attempts[name]()
                outcomes[name] = "done"
            except (OSError, MemoryError, ImportError) as error:
                outcomes[name] = type(error).__name__
        if "alone" in request:
            globals()[request["alone"]]()
        return outcomes, []


if __name__ == "__main__":
    sys.exit(main({"escape": lambda: Task}))
