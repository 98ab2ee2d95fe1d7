"""request.py PDF [octets|multipart]: print the request that sends a form back."""
import sys

with open(sys.argv[1], "rb") as file:
    body = file.read()
media_type = "application/pdf"
if sys.argv[2:] == ["octets"]:
    media_type = "application/octet-stream"
if sys.argv[2:] == ["multipart"]:
    media_type = "multipart/form-data; boundary=b"
    part = b'Content-Disposition: form-data; name="form"; filename="ben.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    body = b"--b\r\n" + part + body + b"\r\n--b--\r\n"
head = [
    "PATCH /users/ben HTTP/1.1",
    "Host: parley.example",
    "Authorization: Bearer prl_4jDl6rRC3XRVArt9DooWjeEBeRpCGzACAMNPDSttJKiWi45st",
    "Content-Type: " + media_type,
    "Accept: application/json",
    "Content-Length: %d" % len(body),
    "Connection: close",
]
sys.stdout.buffer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
