# Settings of Horizon, read after Debian's own.
# A browser finds it by its address, or by one of this side of a tunnel through ssh.
ALLOWED_HOSTS = ['{{address}}', 'localhost', '127.0.0.1']
SECRET_KEY = '{{secret.horizon}}'
OPENSTACK_HOST = '{{address}}'
OPENSTACK_KEYSTONE_URL = 'http://{{address}}:5000/v3'
OPENSTACK_KEYSTONE_DEFAULT_ROLE = 'member'
# Sessions outlive a restart of Apache and are the same for all of its processes.
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
        'LOCATION': '127.0.0.1:11211',
    },
}
