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


"""What an answer of K2HR3 means.

K2HR3 tells most of its troubles as 400, 403 or 404 with a sentence, those of
its database and of Keystone too, so the sentence decides.
"""

import os
import re

from trove_k2hdkc.k2hr3 import errors
from trove_k2hdkc.k2hr3.harmless import harmless

# The messages are those of k2hr3-api 1.0.42.
_BY_MESSAGE = (
    (re.compile(r'no space left|ENOSPC|disk (is )?full', re.I),
     errors.NotWritten),
    (re.compile(r'not initialize yet|no safe keystone|ECONNREFUSED'
                r'|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT', re.I),
     errors.NotReady),
    (re.compile(r'by status=(401|403)|token.*(is not existed|expired'
                r'|is invalid)', re.I),
     errors.Denied),
    (re.compile(r'is not found in \S+ subkey list'), errors.NotFound),
    (re.compile(r'(could|can) not (set|add|create|initialize|update)\b', re.I),
     errors.NotWritten),
)

_BY_STATUS = {401: errors.Denied, 403: errors.Denied, 404: errors.NotFound,
              408: errors.Slow, 429: errors.Slow, 503: errors.NotReady,
              504: errors.Slow, 507: errors.NotWritten}


def is_unknown_token(message):
    """Whether K2HR3 says of a token that it has none such."""
    return 'is not existed' in message


def granted(what, url, answer):
    """Return `answer` if K2HR3 did what was asked. Errors: K2hr3Error."""
    if answer.status < 300 and _result_of(answer) is not False:
        return answer
    message = _message_of(answer)
    if 300 <= answer.status < 400:
        raise errors.BadAnswer(what, '%s answers with a redirection (%d)'
                               % (url, answer.status), answer.status)
    why = '%s answers %d' % (url, answer.status)
    if message:
        why += ' (%s)' % harmless(message)
    raise _class_of(answer.status, message)(what, why, answer.status)


def _class_of(status, message):
    for pattern, kind in _BY_MESSAGE:
        if pattern.search(message):
            return kind
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return errors.Broken if status >= 500 else errors.Refused


def _result_of(answer):
    return answer.data.get('result') if isinstance(answer.data, dict) else None


def _message_of(answer):
    if isinstance(answer.data, dict):
        return str(answer.data.get('message') or '')
    return answer.body if answer.status >= 400 else ''


def reason_of(error):
    """Return the innermost reason of an error of requests, in a line."""
    inner = _inner(error)
    while inner is not None:
        error, inner = inner, _inner(inner)
    # Some versions of urllib3 and eventlet keep no more of the system's error
    # than its number, amid objects of theirs.
    number = re.search(r'\[Errno (\d+)\]', str(error))
    if number:
        return os.strerror(int(number.group(1)))
    text = harmless(getattr(error, 'strerror', None) or error)
    return text or type(error).__name__


def _inner(error):
    # What urllib3 only tried on the way is a context, too, but never a part.
    parts = [getattr(error, 'reason', None), error.__cause__, *error.args]
    return next((part for part in reversed(parts)
                 if isinstance(part, Exception)), None)
