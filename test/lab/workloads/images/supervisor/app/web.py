import http.server
import subprocess
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        words = urllib.parse.parse_qs(url.query).get("run")
        body = b"served"
        if words is not None:
            # Runs what it is asked to: the hole that a visitor comes in by.
            done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            body = done.stdout
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", int("@PORT@")), Handler).serve_forever()
