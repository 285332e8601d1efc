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

"""The machine that the containers share, as its kernel tells it."""

import os

import psutil

CONTROLLERS = '/sys/fs/cgroup/cgroup.controllers'


def text_of(path):
    """What the kernel tells in a file; empty where it has none."""
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ''


def facts():
    """Number of processors, and memory in bytes."""
    # Incus' own list of resources fails as a whole where /dev lacks a disk
    # that /sys has, as in a container.
    memory = psutil.virtual_memory()
    return {'cpus': os.cpu_count(), 'memory': memory.total,
            'memory_used': memory.total - memory.available}
