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

"""A stand-in for Swift and for Keystone's exchange of tokens.

As a program it prints its port and serves until its standard input ends.
Containers named refused, hanging and miscounting do what their names say
when an object is put into them.
"""

import hashlib
from http import server
import json
import sys
import threading

TOKEN = 'the-secret-token-of-this-test'
RESCOPED = 'the-secret-token-of-the-project'
PROJECT = 'a1b2c3'


class Handler(server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    objects = {}

    def log_message(self, *args):
        pass

    def answer(self, code, body=b'', headers=()):
        self.send_response(code)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def body(self):
        if 'chunked' not in self.headers.get('Transfer-Encoding', ''):
            return self.rfile.read(int(self.headers.get('Content-Length', 0)))
        chunks = []
        while True:
            # An upload that was given up ends without its last chunk.
            line = self.rfile.readline()
            if not line:
                raise ConnectionError()
            size = int(line, 16)
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
            if size == 0:
                return b''.join(chunks)

    def do_POST(self):
        """Only Keystone is posted to: the token for one of the project."""
        asked = json.loads(self.body())['auth']
        if (asked['identity']['token']['id'] != TOKEN
                or asked['scope']['project']['id'] != PROJECT):
            return self.answer(401)
        url = 'http://%s/v1/AUTH_%s' % (self.headers['Host'], PROJECT)
        token = {
            'methods': ['token'], 'expires_at': '2099-01-01T00:00:00.000000Z',
            'project': {'id': PROJECT}, 'user': {'id': 'user'},
            'catalog': [{'type': 'object-store', 'endpoints': [
                {'interface': 'public', 'region': 'RegionOne',
                 'region_id': 'RegionOne', 'url': url}]}]}
        self.answer(201, json.dumps({'token': token}).encode(),
                    {'X-Subject-Token': RESCOPED,
                     'Content-Type': 'application/json'})

    def target(self):
        """Container and object of this request, None when refused."""
        if self.headers.get('X-Auth-Token') not in (TOKEN, RESCOPED):
            return None
        parts = self.path.split('?')[0].split('/')[3:]
        return [part for part in parts if part]

    def do_PUT(self):
        target = self.target()
        if target is None:
            return self.answer(401)
        if target[0] == 'hanging' and len(target) > 1:
            threading.Event().wait()
        body = self.body()
        if target[0] == 'refused':
            return self.answer(403)
        if len(target) > 1:
            source = self.headers.get('X-Copy-From')
            data = self.objects[source][0] if source else body
            digest = hashlib.md5(data).hexdigest()
            metadata = {name: value for name, value in self.headers.items()
                        if name.lower().startswith('x-object-meta-')}
            self.objects['/'.join(target)] = (data, dict(metadata,
                                                         ETag=digest))
            if target[0] == 'miscounting':
                digest = '0' * 32
            return self.answer(201, headers={'ETag': digest})
        self.answer(201)

    def do_GET(self):
        target = self.target()
        if target is None:
            return self.answer(401)
        if not target:
            names = sorted(self.objects)
            return self.answer(200, json.dumps(names).encode())
        data, headers = self.objects.get('/'.join(target), (None, {}))
        if data is None:
            return self.answer(404)
        self.answer(200, data, headers)

    do_HEAD = do_GET

    def do_DELETE(self):
        target = self.target()
        found = target and self.objects.pop('/'.join(target), None)
        self.answer(204 if found else 404)


class Server(server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        """Clients that go away are part of the tests."""


if __name__ == '__main__':
    swift = Server(('127.0.0.1', 0), Handler)
    threading.Thread(target=swift.serve_forever, daemon=True).start()
    print(swift.server_port, flush=True)
    sys.stdin.read()
