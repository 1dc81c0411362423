#!/bin/sh
set -e
mkdir -p /var/log /run
for name in one two; do
  echo "$name" | tr a-z A-Z >"/run/$name"
done
(while sleep 1; do /srv/tick.sh; done) &
exec httpd -f -p 127.0.0.1:@PORT@ -h /srv/www
