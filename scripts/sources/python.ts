/**
 * Programs for the machine's python3. They read their arguments as one JSON document from standard input, so that an
 * address with a password in it shows in no process list, and answer with JSON.
 */

const unpack = String.raw`
import json, os, sys, tarfile

def unpack(path, into):
    """Unpack an archive with one directory at its top into that directory's place."""
    with tarfile.open(path) as archive:
        if hasattr(tarfile, 'data_filter'):
            archive.extraction_filter = tarfile.data_filter
        tops = {name.split('/')[0] for name in archive.getnames()}
        archive.extractall(into)
    if len(tops) != 1:
        sys.exit('the archive has %d entries at its top, not one directory' % len(tops))
    return os.path.join(into, tops.pop())

asked = json.load(sys.stdin)
`;

/** Exit codes by which the programs say what was wrong; every other one is a fault of the network or the machine. */
export const pythonExit = {noPip: 65, noSuchVersion: 66, wrongChecksum: 67} as const;

/**
 * {name, version, index, into} → {root, sha256}. The package index, its certificates, credentials, proxies and further
 * places to look are those of pip's own configuration, because pip's own code looks there; nothing is built or run.
 */
export const sdistProgram = `${unpack}${String.raw`
import hashlib
try:
    from pip._internal.commands import create_command
    from pip._vendor.packaging.version import Version
except ImportError:
    sys.exit(${pythonExit.noPip})

command = create_command('download')
options, _ = command.parse_args([])
if asked['index'] != 'host':
    options.index_url, options.extra_index_urls = asked['index'], []
session = command._build_session(options)
finder = command._build_package_finder(options=options, session=session, ignore_requires_python=True)
version = Version(asked['version'])
links = [candidate.link for candidate in finder.find_all_candidates(asked['name'])
         if str(candidate.version) == str(version) and not candidate.link.is_wheel]
if not links:
    sys.exit(${pythonExit.noSuchVersion})
link = links[0]
answer = session.get(link.url_without_fragment, headers={'Accept-Encoding': 'identity'})
answer.raise_for_status()
sha256 = hashlib.sha256(answer.content).hexdigest()
if link.hash_name == 'sha256' and link.hash != sha256:
    print('%s should be %s and is %s' % (link.filename, link.hash, sha256), file=sys.stderr)
    sys.exit(${pythonExit.wrongChecksum})
path = os.path.join(asked['into'], 'archive')
with open(path, 'wb') as archive:
    archive.write(answer.content)
print(json.dumps({'root': unpack(path, asked['into']), 'sha256': sha256}))
`}`;

/** {tarball, into} → {root}. The tarball is a path or an http(s) address. */
export const tarballProgram = `${unpack}${String.raw`
import shutil, urllib.request
path = asked['tarball']
if path.startswith(('http://', 'https://')):
    with urllib.request.urlopen(path, timeout=60) as answer:
        path = os.path.join(asked['into'], 'archive')
        with open(path, 'wb') as archive:
            shutil.copyfileobj(answer, archive)
print(json.dumps({'root': unpack(path, asked['into'])}))
`}`;
