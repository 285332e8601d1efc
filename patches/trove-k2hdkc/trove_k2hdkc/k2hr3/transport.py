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


"""Requests to the API of K2HR3: bounded in time, and never logged whole.

Addresses can hold tokens, so what is logged and told is the sentence `what`
of the caller.
"""

import collections
import json
import time

from oslo_log import log as logging
import requests

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3 import judge

LOG = logging.getLogger(__name__)

# body: text of the answer; data: what its JSON says, or None.
Answer = collections.namedtuple('Answer', ['status', 'body', 'data'])

# connect, read: seconds of one try. tries: how often. pause: seconds before
# the second try, doubled before each further one. total: seconds of all.
Limits = collections.namedtuple(
    'Limits', ['connect', 'read', 'tries', 'pause', 'total'])

DEFAULT_LIMITS = Limits(connect=5, read=20, tries=4, pause=0.5, total=60)

# Another try may help.
_PASSING = (errors.Away, errors.Slow, errors.NotReady, errors.Broken)


class Transport:
    """Talks to one K2HR3. `url` is http(s)://HOST:PORT without a path.

    `ca_file` is the authority of its certificate; the system's without.
    Proxies of the environment are not used: K2HR3 belongs to the cloud.
    Safe to be used by one thread at a time.
    """

    def __init__(self, url, ca_file=None, limits=DEFAULT_LIMITS,
                 sleep=time.sleep, clock=time.monotonic):
        self.url = url.rstrip('/')
        self.limits = limits
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True

    def request(self, method, path, what, token=None, body=None, query=None,
                agent='k2hdkc-trove'):
        """Return the Answer to a request that K2HR3 grants.

        All requests of this package can be repeated, and are when that may
        help. `token` is the value of X-Auth-Token, `U=…` or `R=…`.
        Errors: K2hr3Error.
        """
        headers = {'User-Agent': agent, 'Accept': '*/*'}
        if token is not None:
            headers['X-Auth-Token'] = token
        end = self._clock() + self.limits.total
        pause = self.limits.pause
        for number in range(1, self.limits.tries + 1):
            try:
                return self._try(method, path, what, headers, body, query,
                                 end)
            except _PASSING as error:
                if (number == self.limits.tries
                        or self._clock() + pause >= end):
                    raise
                LOG.warning('%s Trying again in %s s.', error, pause)
            self._sleep(pause)
            pause *= 2

    def _try(self, method, path, what, headers, body, query, end):
        begun = self._clock()
        left = max(0.1, end - begun)
        try:
            with self._session.request(
                    method, self.url + path, headers=headers, json=body,
                    params=query, allow_redirects=False, stream=True,
                    timeout=(min(self.limits.connect, left),
                             min(self.limits.read, left))) as response:
                text = self._read(response, min(
                    end, begun + self.limits.connect + self.limits.read))
        except requests.exceptions.Timeout as error:
            raise errors.Slow(what, 'K2HR3 at %s did not answer within %.0f s'
                              % (self.url, self._clock() - begun)) from error
        except requests.exceptions.SSLError as error:
            raise errors.Untrusted(
                what, 'the certificate of K2HR3 at %s is not trusted (%s)'
                % (self.url, judge.reason_of(error))) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise errors.Away(what, 'K2HR3 at %s cannot be reached (%s)'
                              % (self.url, judge.reason_of(error))) from error
        LOG.debug('%s: K2HR3 answered %d after %.2f s.', what,
                  response.status_code, self._clock() - begun)
        return judge.granted(what, self.url, Answer(
            response.status_code, text, _parse(text)))

    def _read(self, response, end):
        # A read time-out starts anew whenever something comes, hence the end
        # here; and reading more than a byte waits until all are there.
        # Answers have a few kilobytes.
        pieces = []
        for piece in response.iter_content(1):
            pieces.append(piece)
            if self._clock() > end:
                raise requests.exceptions.Timeout()
        return b''.join(pieces).decode('utf-8', 'replace')


def _parse(text):
    try:
        return json.loads(text)
    except ValueError:
        return None
