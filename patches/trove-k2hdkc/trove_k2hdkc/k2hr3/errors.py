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


"""What can go wrong between this cloud and K2HR3, each as a sentence.

Every message says what was being done, why it failed and what to do, and
holds no token. `kind` names the error for programs.
"""


class K2hr3Error(Exception):
    """K2HR3 did not do what it was asked to.

    `what` is what was being done, `status` the HTTP status or None.
    """

    kind = 'failed'
    remedy = 'Its log says more.'

    def __init__(self, what, why, status=None):
        super().__init__('%s failed: %s. %s' % (what, why, self.remedy))
        self.what = what
        self.why = why
        self.status = status


class Away(K2hr3Error):
    """No connection, or one that broke off."""

    kind = 'away'
    remedy = ('Check that K2HR3 runs, and that its address and port can be '
              'reached from here.')


class Untrusted(K2hr3Error):
    """The certificate is not signed by an authority that is known here."""

    kind = 'certificate'
    remedy = 'Name the file of its authority as the CA file of K2HR3.'


class Slow(K2hr3Error):
    """No answer within the time."""

    kind = 'slow'
    remedy = ('Try again when K2HR3 and its K2HDKC ring have less to do, or '
              'allow more time.')


class Denied(K2hr3Error):
    """The token or the password is not accepted, or not for this project."""

    kind = 'denied'
    remedy = ('Log in again, and check that the user has a role in the '
              'project.')


class NotFound(K2hr3Error):
    """There is no such thing in K2HR3."""

    kind = 'not-found'
    remedy = 'Check its name.'


class Refused(K2hr3Error):
    """K2HR3 refuses the request as it is (4xx)."""

    kind = 'refused'
    remedy = ('Check that this K2HR3 is one that clusters were tested with: '
              'k2hr3-api 1.0.42.')


class Broken(K2hr3Error):
    """K2HR3 failed inside (5xx)."""

    kind = 'broken'
    remedy = 'Read the log of its API and try again.'


class NotReady(K2hr3Error):
    """Only a part of K2HR3 runs: its ring or its Keystone is not there."""

    kind = 'not-ready'
    remedy = ('Check that the K2HDKC servers and the slave node of K2HR3 run '
              'and that it can reach Keystone.')


class NotWritten(K2hr3Error):
    """K2HR3 runs, but could not keep what it was given."""

    kind = 'not-written'
    remedy = ('Check the disk space of the K2HR3 server and that its K2HDKC '
              'ring is in service.')


class BadAnswer(K2hr3Error):
    """The answer is not one of K2HR3."""

    kind = 'bad-answer'
    remedy = ('Check that the address is that of the API of K2HR3, and not '
              'that of its web application or of a proxy.')


class BadCredentials(K2hr3Error):
    """What is needed to log in is missing or not accepted by Keystone."""

    kind = 'credentials'
    remedy = 'Check the credentials that this command was given.'


class BadValue(K2hr3Error):
    """A name or a value that K2HR3 or CHMPX cannot take."""

    kind = 'value'
    remedy = 'Choose another one.'
