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

"""The REST API of Incus over its Unix socket."""

import http.client
import json
import os
import socket
from urllib import parse

from nova_incus import errors

# Seconds in which Incus must begin to answer what is not an operation.
REQUEST_TIMEOUT = 60
# Seconds added to the time of an operation before the socket gives up.
GRACE = 10


class UnixConnection(http.client.HTTPConnection):

    def __init__(self, path, timeout):
        super().__init__('localhost', timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def path_of(*parts, **query):
    """Path of a resource, each part quoted: ('instances', 'a') → /1.0/…"""
    path = '/'.join(['/1.0', *(parse.quote(part, safe='') for part in parts)])
    return path + ('?' + parse.urlencode(query) if query else '')


class Client:
    """Each request has a connection of its own, so threads need no lock.

    Requests return the `metadata` of the answer; operations are awaited for
    `operation_timeout` seconds. Errors: IncusError with the sentence of the
    API, IncusNotFound for code 404, IncusUnreachable without an answer.
    """

    def __init__(self, socket_path, operation_timeout):
        self.socket_path = socket_path
        self.operation_timeout = operation_timeout

    def get(self, path):
        return self._json('GET', path)['metadata']

    def get_with_etag(self, path):
        """Return (metadata, etag), for a put() that loses no change."""
        answer = self._json('GET', path)
        return answer['metadata'], answer['etag']

    def put(self, path, body, etag=None):
        return self._json('PUT', path, body,
                          {'If-Match': etag} if etag else {})['metadata']

    def post(self, path, body):
        return self._json('POST', path, body)['metadata']

    def delete(self, path):
        return self._json('DELETE', path)['metadata']

    def read(self, path):
        """Return a resource that is no JSON document, as bytes."""
        return self._request('GET', path, None, {})[1]

    def upload(self, path, chunks, headers):
        """Post an iterator of bytes, of unknown length."""
        return self._answer('POST', path, chunks,
                            {'Transfer-Encoding': 'chunked', **headers}
                            )['metadata']

    def _json(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        return self._answer(method, path, data, {
            'Content-Type': 'application/json', **(headers or {})})

    def _answer(self, method, path, body, headers):
        etag, answer = self._document(method, path, body, headers)
        if answer['type'] == 'async':
            return self._wait(method, path, answer['operation'])
        return {'metadata': answer.get('metadata'), 'etag': etag}

    def _wait(self, method, path, operation):
        seconds = self.operation_timeout
        what = '%s %s' % (method, path)
        _, answer = self._document(
            'GET', '%s/wait?timeout=%d' % (operation, seconds), None, {},
            seconds + GRACE, what)
        state = answer['metadata']
        if state['status_code'] >= 400:
            raise _refusal(what, state['err'], state['status_code'])
        if state['status_code'] < 200:
            raise errors.IncusError(
                what, 'not finished after %d s; [incus]operation_timeout '
                'allows more' % seconds)
        return {'metadata': state.get('metadata'), 'etag': None}

    def _document(self, method, path, body, headers, timeout=REQUEST_TIMEOUT,
                  what=None):
        etag, data = self._request(method, path, body, headers, timeout)
        answer = json.loads(data)
        if answer['type'] == 'error':
            # So Incus says that an operation failed, with HTTP code 200.
            raise _refusal(what or '%s %s' % (method, path), answer['error'],
                           answer['error_code'])
        return etag, answer

    def _request(self, method, path, body, headers, timeout=REQUEST_TIMEOUT):
        connection = UnixConnection(self.socket_path, timeout)
        what = '%s %s' % (method, path)
        try:
            connection.request(method, path, body, headers,
                               encode_chunked='Transfer-Encoding' in headers)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise errors.IncusUnreachable(
                what, 'no answer from Incus at %s (%s)' % (
                    self.socket_path, _reason(error))
            ) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise _refusal(what, _sentence(data), response.status)
        return response.getheader('ETag'), data


def _refusal(what, sentence, status):
    kind = errors.IncusNotFound if status == 404 else errors.IncusError
    return kind(what, sentence, status)


def _reason(error):
    # Green sockets say only the name of the number.
    number = getattr(error, 'errno', None)
    return os.strerror(number) if number else str(error) or repr(error)


def _sentence(data):
    try:
        return json.loads(data)['error']
    except (ValueError, KeyError, TypeError):
        return data.decode('utf-8', 'replace')
