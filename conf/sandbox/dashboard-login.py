"""Logs in to the dashboard as a browser does and opens pages. Prints their titles, one a line.

Standard input: base address, user, password and the paths of the pages, one a line.
"""
import html
import http.cookiejar
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

base, user, password, *pages = sys.stdin.read().rstrip('\n').split('\n')
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def fetch(path, form=None):
    data = None if form is None else urllib.parse.urlencode(form).encode()
    try:
        with opener.open(urllib.parse.urljoin(base, path), data, timeout=30) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(f'{urllib.parse.urlsplit(error.url).path} answered {error.code}')
    except OSError as error:
        sys.exit(f'{path} did not answer: {error}')


def error_of(text):
    """The first error that the page shows to its reader; the one for browsers without JavaScript is on every page."""
    shown = re.search(r'<div class="alert alert-danger(?! [^"]*javascript-disabled)[^"]*">(.*?)</div>', text, re.DOTALL)
    words = re.sub(r'<[^>]+>', ' ', shown[1]).split() if shown else []
    return html.unescape(' '.join(words).split(' Details ')[0])


def title_of(page, place, text):
    if place != page:
        sys.exit(f'{page} led to {place}: {error_of(text) or "without a reason"}')
    if error_of(text):
        sys.exit(f'{page} shows: {error_of(text)}')
    title = re.search(r'<title>\s*(.*?)\s*</title>', text, re.DOTALL)
    return ' '.join(title[1].split()) if title else ''


login = '/auth/login/'
first, *others = pages
_, text = fetch(f'{login}?next={first}')
hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
place, text = fetch(login, {**hidden, 'next': first, 'username': user, 'password': password})
if place == login:
    sys.exit(f'the login led to {place}: {error_of(text) or "without a reason"}')
print(title_of(first, place, text))
for page in others:
    print(title_of(page, *fetch(page)))
