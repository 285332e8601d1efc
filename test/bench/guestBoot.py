"""Boots servers side by side by Nova, and as many containers of the same image by Incus alone; in the machine, from standard input.

Prints one JSON document: seconds by number of servers, until they are there and until systemd in each is done; bytes of memory of each server. One server is
booted three times, and the middle one counts.
"""
import concurrent.futures
import glob
import json
import subprocess
import sys
import time

import openstack

COUNTS = (1, 3, 8)
LIMIT = 900


def run(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def booted(container):
    """systemd says it with an exit code of its own when a unit failed; that is not the question here."""
    while subprocess.run(['incus', 'exec', container, '--', 'systemctl', 'is-system-running', '--wait'],
                         stdout=subprocess.PIPE, text=True).stdout.strip() not in ('running', 'degraded'):
        time.sleep(0.2)


def side_by_side(function, items):
    with concurrent.futures.ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(function, items))


def memory(container):
    """Proportional share of all processes, in bytes."""
    total = 0
    for file in glob.glob(f'/sys/fs/cgroup/lxc.payload.{container}/**/cgroup.procs', recursive=True):
        for pid in open(file).read().split():
            try:
                lines = open(f'/proc/{pid}/smaps_rollup').read().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith('Pss:')) * 1024
            except OSError:
                pass  # It has ended meanwhile.
    return total


def by_nova(cloud, image, network, flavor, count):
    names = [f'bench-{number}' for number in range(count)]
    start = time.monotonic()
    servers = side_by_side(lambda name: cloud.compute.create_server(name=name, image_id=image, flavor_id=flavor, networks=[{'uuid': network}]), names)
    try:
        side_by_side(lambda server: cloud.compute.wait_for_server(server, interval=0.2, wait=LIMIT), servers)
        active = time.monotonic() - start
        containers = ['instance-' + server.id for server in servers]
        side_by_side(booted, containers)
        return {'active': active, 'booted': time.monotonic() - start, 'memory': [memory(name) for name in containers]}
    finally:
        side_by_side(cloud.compute.delete_server, servers)
        side_by_side(lambda server: cloud.compute.wait_for_delete(server, interval=0.5, wait=LIMIT), servers)


def by_incus(fingerprint, count):
    names = [f'bench-{number}' for number in range(count)]
    settings = ['--no-profiles', '--storage=default', '--config=security.nesting=true', '--config=security.privileged=true']
    start = time.monotonic()
    try:
        side_by_side(lambda name: run('incus', 'launch', fingerprint, name, *settings), names)
        active = time.monotonic() - start
        side_by_side(booted, names)
        return {'active': active, 'booted': time.monotonic() - start}
    finally:
        run('incus', 'delete', '--force', *names)


def middle(boots):
    return sorted(boots, key=lambda boot: boot['active'])[len(boots) // 2]


def main():
    cloud = openstack.connect()
    image = next(iter(cloud.image.images(tag=['trove', 'k2hdkc'], sort='created_at:desc')), None)
    if image is None:
        sys.exit('Glance has no guest image')
    network, flavor = cloud.network.find_network('private').id, cloud.compute.find_flavor('ds512M').id
    # The first brings the image into Incus.
    by_nova(cloud, image.id, network, flavor, 1)
    fingerprint = next(each['fingerprint'] for each in json.loads(run('incus', 'image', 'list', '--format=json'))
                       if each['properties'].get('nova.image_id') == image.id)
    print(json.dumps({
        count: {'incus': by_incus(fingerprint, count),
                'nova': middle([by_nova(cloud, image.id, network, flavor, count) for _ in range(3 if count == 1 else 1)])}
        for count in COUNTS}))


main()
