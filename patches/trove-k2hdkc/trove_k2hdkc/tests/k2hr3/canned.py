#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.


import http.server
import socket
import threading
import time


class CannedServer:
    """Answers as it is told, one answer a request, the last one for ever.

    An answer is (status, body), or the name of a fault: 'silent' never
    answers, 'cut' closes the connection, 'drip' sends a byte now and then,
    'endless' sends for ever.
    """

    def __init__(self, *answers):
        self.requests = []
        self._answers = list(answers)
        self._stopped = threading.Event()
        canned = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.0'

            def respond(self):
                canned._respond(self)

            do_GET = do_POST = do_DELETE = respond

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                       Handler)
        self._server.daemon_threads = True
        self.url = 'http://127.0.0.1:%d' % self._server.server_port
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._server.socket.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def _serve(self):
        # Not serve_forever(): its poll() is the system's also where eventlet
        # has patched all else, and then nothing else runs any more.
        while not self._stopped.is_set():
            try:
                request, address = self._server.get_request()
            except OSError:
                return
            self._server.process_request(request, address)

    def _respond(self, handler):
        self.requests.append((handler.command, handler.path,
                              dict(handler.headers)))
        answer = (self._answers.pop(0) if len(self._answers) > 1
                  else self._answers[0])
        if answer == 'silent':
            self._stopped.wait(10)
        elif answer == 'cut':
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif answer in ('drip', 'endless'):
            self._pour(handler, b'x' * (1 if answer == 'drip' else 65536),
                       0.02 if answer == 'drip' else 0)
        else:
            status, body = answer
            handler.send_response(status)
            handler.send_header('Location', '/elsewhere')
            handler.end_headers()
            handler.wfile.write(body.encode())

    def _pour(self, handler, piece, pause):
        handler.send_response(200)
        handler.end_headers()
        try:
            while not self._stopped.is_set():
                handler.wfile.write(piece)
                handler.wfile.flush()
                time.sleep(pause)
        except OSError:
            pass


def closed_port_url():
    """The address of a port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return 'http://127.0.0.1:%d' % probe.getsockname()[1]
