#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
cat /run/one | sed 's/^/name /'
ls /run | awk '{ print NR ": " $1 }'
echo served
