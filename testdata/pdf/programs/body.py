"""body.py RESPONSE: print the body of a response as it went over the wire."""
import sys

with open(sys.argv[1], "rb") as file:
    sys.stdout.buffer.write(file.read().split(b"\r\n\r\n", 1)[1])
