"""A Hub on this machine: `python stub_hub.py FOLDER` serves FOLDER/{org}/{name}/ as repositories at one commit.

Prints its port. Answers the calls that datasets and huggingface_hub make to list and download files.
"""

import hashlib
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ROOT = Path(sys.argv[1])


def entry(repository: Path, path: Path) -> dict:
    name = path.relative_to(repository).as_posix()
    if path.is_dir():
        return {"type": "directory", "path": name, "oid": "0" * 40}
    return {
        "type": "file",
        "path": name,
        "oid": hashlib.sha1(path.read_bytes()).hexdigest(),
        "size": path.stat().st_size,
    }


class Hub(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def reply(self, body: bytes, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), "X-Repo-Commit": COMMIT, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_json(self, content: object) -> None:
        self.reply(json.dumps(content).encode())

    def do_GET(self) -> None:
        path = unquote(urlparse(self.path).path)
        if match := re.fullmatch(r"/api/(?:datasets|models)/([^/]+/[^/]+)(?:/revision/.+)?", path):
            return self.info(ROOT / match[1], match[1])
        if match := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/tree/[^/]+(?:/(.*))?", path):
            repository = ROOT / match[1]
            found = (repository / (match[2] or "")).rglob("*")
            return self.reply_json([entry(repository, path) for path in sorted(found)])
        match = re.fullmatch(r"/(?:datasets/)?([^/]+/[^/]+)/resolve/[^/]+/(.+)", path)
        if match and (ROOT / match[1] / match[2]).is_file():
            body = (ROOT / match[1] / match[2]).read_bytes()
            return self.reply(body, ETag=f'"{hashlib.sha256(body).hexdigest()}"')
        return self.reply(b"{}", 404, X_Error_Code="EntryNotFound")

    do_HEAD = do_GET

    def info(self, repository: Path, name: str) -> None:
        if not repository.is_dir():
            return self.reply(b"{}", 404, X_Error_Code="RepoNotFound")
        files = [{"rfilename": p.relative_to(repository).as_posix()} for p in repository.rglob("*") if p.is_file()]
        flags = {"private": False, "gated": False, "disabled": False, "downloads": 0, "likes": 0, "tags": []}
        return self.reply_json({"id": name, "sha": COMMIT, "siblings": files, **flags})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        paths = json.loads(body)["paths"] if body.startswith("{") else parse_qs(body)["paths"]
        repository = ROOT / re.search(r"/api/datasets/([^/]+/[^/]+)/paths-info/", self.path)[1]
        found = (repository / path for path in ([paths] if isinstance(paths, str) else paths))
        self.reply_json([entry(repository, path) for path in found if path.exists()])


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    print(server.server_port, flush=True)
    server.serve_forever()
