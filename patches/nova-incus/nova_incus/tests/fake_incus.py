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

"""A stand-in for Incus: the part of its API that the driver uses.

It keeps its state in memory and listens on a real Unix socket. It refuses
what Incus refuses: unknown names, links that do not exist, a state that is
there already, writes upon something that has changed.
"""

import hashlib
import http.server
import json
import os
import re
import socketserver
import threading
from urllib import parse

SERVER = {'environment': {'kernel_architecture': 'x86_64',
                          'server_version': '6.0.4'}}


class Refusal(Exception):
    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status


class State:

    def __init__(self):
        self.instances = {}
        self.images = {}
        self.pool = {'driver': 'dir', 'config': {'source': '/pool'}}
        self.links = set()
        self.operations = {}
        self.requests = []
        # Sentences with which the next operations fail, by action.
        self.failures = {}
        # What every operation comes to, instead of its own outcome.
        self.outcome = None

    def instance(self, name):
        if name not in self.instances:
            raise Refusal(404, 'Instance not found')
        return self.instances[name]

    def fail(self, action):
        if self.failures.get(action):
            raise Refusal(400, self.failures[action].pop(0))

    def create(self, body):
        self.fail('create')
        if body['name'] in self.instances:
            raise Refusal(409, 'Instance already exists')
        if body['source']['fingerprint'] not in self.images:
            raise Refusal(404, 'Image not found')
        self.instances[body['name']] = {
            'name': body['name'], 'status': 'Stopped',
            'config': body['config'], 'devices': body['devices'],
            'console': '', 'unread': 0}

    def change(self, name, body):
        instance, action = self.instance(name), body['action']
        self.fail(action)
        running = instance['status'] == 'Running'
        if action == 'start':
            if running:
                raise Refusal(400, 'The instance is already running')
            for device in instance['devices'].values():
                if device['type'] == 'nic' and (
                        device['parent'] not in self.links):
                    raise Refusal(400, "Parent device '%s' doesn't exist" %
                                  device['parent'])
            instance['status'] = 'Running'
            instance['console'] += 'started\n'
        elif action == 'stop':
            if not running:
                raise Refusal(400, 'The instance is already stopped')
            instance['status'] = 'Stopped'

    def console(self, name):
        """While the instance runs, only what was not read before."""
        instance = self.instance(name)
        text, start = instance['console'], instance['unread']
        instance['unread'] = len(text)
        return text[start:] if instance['status'] == 'Running' else text

    def delete(self, name):
        if self.instance(name)['status'] == 'Running':
            raise Refusal(400, 'The instance is currently running')
        self.fail('delete')
        del self.instances[name]

    def delete_image(self, fingerprint):
        del self.images[fingerprint]

    def import_image(self, content_type, data):
        boundary = re.search('boundary=(.+)', content_type).group(1).encode()
        parts = data.split(b'--' + boundary)[1:-1]
        files = {}
        for part in parts:
            head, _, content = part.partition(b'\r\n\r\n')
            name = re.search(b' name="([^"]+)"', head).group(1).decode()
            files[name] = content[:-2]
        self.fail('import')
        content = files['metadata'] + files['rootfs']
        fingerprint = hashlib.sha256(content).hexdigest()
        if fingerprint in self.images:
            raise Refusal(400, 'Image with same fingerprint already exists')
        document = json.loads(re.search(rb'\{"architecture".*?\}\}(?=\0)',
                                        files['metadata']).group(0))
        self.images[fingerprint] = {
            'fingerprint': fingerprint, 'root': files['rootfs'],
            'properties': document['properties'],
            'uploaded_at': '2025-01-01T00:00:00Z',
            'last_used_at': '0001-01-01T00:00:00Z'}
        return {'fingerprint': fingerprint}


class Handler(http.server.BaseHTTPRequestHandler):

    protocol_version = 'HTTP/1.1'

    def do_any(self):
        state, url = self.server.state, parse.urlsplit(self.path)
        parts = [parse.unquote(part) for part in url.path.split('/')[2:]]
        data = self._body()
        state.requests.append('%s %s' % (self.command, self.path))
        try:
            with self.server.lock:
                self._route(state, self.command, parts, data)
        except Refusal as refusal:
            self._send(refusal.status, {
                'type': 'error', 'error': str(refusal),
                'error_code': refusal.status})

    do_GET = do_PUT = do_POST = do_DELETE = do_any

    def _route(self, state, method, parts, data):
        match (method, *parts):
            case ('GET',):
                self._sync(SERVER)
            case ('GET', 'storage-pools', 'default'):
                self._sync(state.pool)
            case ('GET', 'storage-pools', 'default', 'resources'):
                self._sync({'space': {'total': 40 << 30, 'used': 10 << 30}})
            case ('GET', 'operations', name, 'wait'):
                self._send(200, state.operations.pop(name))
            case ('GET', 'images'):
                self._sync([{key: value for key, value in image.items()
                             if key != 'root'}
                            for image in state.images.values()])
            case ('POST', 'images'):
                self._operation(state, lambda: state.import_image(
                    self.headers['Content-Type'], data))
            case ('DELETE', 'images', fingerprint):
                self._operation(state, lambda: state.delete_image(fingerprint))
            case ('GET', 'instances'):
                self._sync(list(state.instances.values()))
            case ('POST', 'instances'):
                self._operation(state, lambda: state.create(json.loads(data)))
            case ('GET', 'instances', name):
                instance = state.instance(name)
                self._sync(instance, _etag(instance))
            case ('PUT', 'instances', name):
                instance = state.instance(name)
                if self.headers.get('If-Match') != _etag(instance):
                    raise Refusal(412, 'Precondition failed')
                self._operation(state, lambda: instance.update(
                    json.loads(data)))
            case ('DELETE', 'instances', name):
                self._operation(state, lambda: state.delete(name))
            case ('PUT', 'instances', name, 'state'):
                state.instance(name)
                self._operation(state, lambda: state.change(
                    name, json.loads(data)))
            case ('GET', 'instances', name, 'console'):
                self._raw(200, state.console(name).encode())
            case _:
                raise Refusal(404, 'not found')

    def _body(self):
        if self.headers.get('Transfer-Encoding') != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length', 0)))
        data = b''
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _sync(self, metadata, etag=None):
        self._send(200, {'type': 'sync', 'metadata': metadata}, etag)

    def _operation(self, state, act):
        name = str(len(state.requests))
        try:
            result = _ended(200, act())
        except Refusal as refusal:
            # Incus answers so when the operation has failed by then.
            result = {'type': 'error', 'error': str(refusal),
                      'error_code': refusal.status, 'metadata': None}
        result = state.outcome or result
        state.operations[name] = result
        self._send(202, {'type': 'async',
                         'operation': '/1.0/operations/' + name})

    def _send(self, status, document, etag=None):
        self._raw(status, json.dumps(document).encode(), etag)

    def _raw(self, status, data, etag=None):
        self.send_response(status)
        self.send_header('Content-Length', str(len(data)))
        if etag:
            self.send_header('ETag', etag)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        """Say nothing: every request is in state.requests."""


def _ended(code, metadata=None, err=''):
    return {'type': 'sync', 'metadata': {
        'status_code': code, 'metadata': metadata, 'err': err}}


UNFINISHED = _ended(103)
CANCELLED = _ended(401, err='The operation was cancelled')


def _etag(instance):
    text = json.dumps([instance['config'], instance['devices']])
    return hashlib.sha256(text.encode()).hexdigest()


class FakeIncus(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens at `path` from the beginning; stop() ends it."""

    daemon_threads = True

    def __init__(self, path):
        super().__init__(path, Handler)
        self.path = path
        self.state = State()
        self.lock = threading.RLock()
        threading.Thread(target=self.serve_forever, args=(0.01,),
                         daemon=True).start()

    def get_request(self):
        request, _ = super().get_request()
        # The handler wants an address of two parts.
        return request, ('unix', 0)

    def stop(self):
        self.shutdown()
        self.server_close()
        os.unlink(self.path)
