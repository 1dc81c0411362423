#!/bin/sh
set -e
chown -R www-data:www-data /srv/app
exec setpriv --reuid www-data --regid www-data --clear-groups /usr/bin/python3 /srv/app/web.py
