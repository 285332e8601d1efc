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

"""What one project has in K2HR3."""

from trove_k2hdkc.k2hr3 import names


def clusters_of(session):
    """Return the names of the clusters of the project of a session.

    `session` is of login.log_in(). Errors: K2hr3Error.
    """
    roles = session.calls.roles('Listing the clusters of the project %s in '
                                'K2HR3' % session.project)
    return [role['name'] for role in roles
            if names.is_cluster_name(role['name']) and
            {child['name'] for child in role.get('children', [])}.issuperset(
                names.PARTS)]
