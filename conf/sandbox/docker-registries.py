"""Adds registries without TLS to a configuration of docker, and keeps all else that it says.

Usage: FILE REGISTRY...
Ends with 1 and leaves the file as it is when that is no configuration: docker would not start with it either.
"""
import json
import os
import shutil
import sys

KEY = 'insecure-registries'


def merged(text, registries):
    """The text with the registries in it, or None when it has them all. Raises ValueError for what is no configuration."""
    settings = json.loads(text) if text.strip() else {}
    if not isinstance(settings, dict):
        raise ValueError('it must be an object: {...}')
    there = settings.get(KEY, [])
    if not isinstance(there, list):
        raise ValueError(f'"{KEY}" must be a list')
    lacking = [each for each in dict.fromkeys(registries) if each not in there]
    if not lacking:
        return None
    return json.dumps({**settings, KEY: there + lacking}, indent=4, ensure_ascii=False) + '\n'


def replace(file, text):
    """Under another name first, so that docker never reads half of it; mode and owner stay."""
    new = f'{file}.k2hdkc-new'
    with open(new, 'w', encoding='utf-8') as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    if os.path.exists(file):
        shutil.copystat(file, new)
        there = os.stat(file)
        os.chown(new, there.st_uid, there.st_gid)
    else:
        os.chmod(new, 0o644)
    os.replace(new, file)


def main(file, registries):
    # What a link leads to, and not the link, is docker's configuration.
    file = os.path.realpath(file)
    try:
        with open(file, 'rb') as there:
            content = there.read()
    except FileNotFoundError:
        content = b''
    try:
        wanted = merged(content.decode(), registries)
    except ValueError as error:
        sys.exit(f'{file} is left as it is, without {", ".join(registries)} in {KEY}: it cannot be read as JSON for docker: {error}')
    if wanted is not None:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        replace(file, wanted)


main(sys.argv[1], sys.argv[2:])
