#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
date -u +%F
wc -l </etc/passwd
echo served
