"""Runs a command under the system-call filter that systemd makes of a unit, with libseccomp (package python3-seccomp).

    filtered.py ALLOWED FAMILIES yes|no COMMAND...

ALLOWED: names of system calls, by comma. FAMILIES: those of RestrictAddressFamilies, by comma. yes: as MemoryDenyWriteExecute=yes.
"""
import errno
import os
import socket
import sys

import seccomp

PROT_WRITE, PROT_EXEC = 2, 4


def forbid_written_code(rules):
    """As systemd.exec(5) tells it: no memory that is writable and executable, none that is made executable later."""
    rules.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))
    rules.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC))
    for call in ("mprotect", "pkey_mprotect"):
        rules.add_rule(seccomp.ALLOW, call, seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))


def main():
    allowed, families, deny, *command = sys.argv[1:]
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    calls = set(allowed.split(",")) - {"socket"}
    if deny == "yes":
        calls -= {"mmap", "mprotect", "pkey_mprotect"}
        forbid_written_code(rules)
    for call in sorted(calls):
        try:
            rules.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, ValueError):  # of another machine or a newer kernel
            pass
    numbers = {int(getattr(socket, family)) for family in families.split(",")}
    for number in range(64):
        action = seccomp.ALLOW if number in numbers else seccomp.ERRNO(errno.EAFNOSUPPORT)
        rules.add_rule(action, "socket", seccomp.Arg(0, seccomp.EQ, number))
    rules.load()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
