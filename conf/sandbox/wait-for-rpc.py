#!/usr/bin/python3
"""Waits until neutron-rpc-server listens.

An agent that calls before that loses its first call and waits a minute or
more. The queue of the L3 plug-in has a consumer from the moment on when calls
are answered.
"""
import configparser
import sys
import time
import urllib.parse

import amqp

LIMIT = 90


def consumers(url):
    where = f'{url.hostname}:{url.port}'
    with amqp.Connection(host=where, userid=url.username,
                         password=url.password, connect_timeout=5) as link:
        return link.channel().queue_declare('q-l3-plugin',
                                            passive=True).consumer_count


def main():
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read('/etc/neutron/neutron.conf')
    url = urllib.parse.urlparse(parser['DEFAULT']['transport_url'])
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            if consumers(url) > 0:
                return
        except (amqp.AMQPError, OSError):
            pass
        time.sleep(1)
    print(f'neutron-rpc-server does not listen after {LIMIT} s; starting all '
          'the same', file=sys.stderr)


if __name__ == '__main__':
    main()
