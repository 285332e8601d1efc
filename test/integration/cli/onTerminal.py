"""Runs argv under a pseudo terminal of ROWS x COLUMNS, hands on what it prints, answers SEND when WAIT appears, and exits with its code."""
import fcntl
import os
import pty
import struct
import sys
import termios

rows, columns, wait, send = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode(), sys.argv[4].encode().decode('unicode_escape').encode()
child, master = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[5], sys.argv[5:])
seen = b''
while True:
    try:
        data = os.read(master, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
    seen += data
    if wait and wait in seen:
        os.write(master, send)
        wait = b''
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
